import { type Network, resolveNetwork } from './network.ts'
import { shapeAt } from './place-layers.ts'
import { elementCount } from './shape.ts'
import { definitionOf, type Topology } from './topology.ts'

/** Throws an error for a mistake at a path. */
export type Refuse = (place: string, message: string) => never

const MAX_PARAMETERS = 500_000_000
const MAX_ACTIVATIONS = 200_000_000
/** The limit for all recurrent layers together: each step becomes about 40 operations of a graph. */
const MAX_UNROLLED_STEPS = 1000
/** The limit of multiplications to make a matrix orthogonal: half a minute. */
const MAX_ORTHOGONAL_PRODUCTS = 4e10

/** Checks that shapes match and that sizes are within limits, without building the model. @returns the network of the topology */
export function checkTopology(topology: Topology, refuse: Refuse): Network {
  const refuseLayers = (message: string) => refuse('.config.layers', message)
  const network = resolve(topology, refuseLayers)
  checkPlaces(network, refuseLayers)
  checkEnds(network, refuseLayers)
  checkInitializers(network, refuseLayers)
  const parameters = network.variables.reduce((sum, { size }) => sum + size, 0)
  if (!(parameters <= MAX_PARAMETERS))
    refuseLayers(`has ${parameters} parameters; the limit is ${MAX_PARAMETERS}`)
  return network
}

type RefuseLayers = (message: string) => never

function resolve(topology: Topology, refuse: RefuseLayers): Network {
  try {
    return resolveNetwork(topology)
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function checkPlaces({ topology, placed }: Network, refuse: RefuseLayers): void {
  let activations = 0
  let steps = 0
  for (const place of placed) {
    const { layer, inputs, outputShape } = place
    const definition = definitionOf(layer)
    const shapes = inputs.map(input => shapeAt(input, placed, topology.inputShape))
    const mistake = definition.inputs({ shapes, outputShape, isFirst: inputs[0] === -1 })
    if (mistake) refuse(`${layer.name} ${mistake}`)
    if (outputShape.some(length => length < 1))
      refuse(`${layer.name} has an empty output: [${outputShape}], because its input is only [${shapes[0]}]`)
    const optionsMistake = definition.optionsMistake?.(place)
    if (optionsMistake) refuse(`${layer.name} ${optionsMistake}`)
    activations += Math.max(elementCount(outputShape), definition.keptActivations(place))
    steps += definition.unrolledSteps?.(place) ?? 0
    if (steps > MAX_UNROLLED_STEPS)
      refuse(`has ${steps} recurrent steps up to ${layer.name}; the limit is ${MAX_UNROLLED_STEPS}`)
    if (!(activations <= MAX_ACTIVATIONS)) refuse(`has more than ${MAX_ACTIVATIONS} activations per example`)
  }
}

/** Every layer must lead to the last one, whose output must be vectors. */
function checkEnds({ placed }: Network, refuse: RefuseLayers): void {
  const taken = new Set(placed.flatMap(({ inputs }) => inputs))
  const idle = placed.find((_, index) => index < placed.length - 1 && !taken.has(index))
  if (idle) refuse(`no layer uses the output of ${idle.layer.name}`)
  const { layer, outputShape } = placed.at(-1)!
  if (outputShape.length !== 1)
    refuse(`must end in one number per class, not in [${outputShape}] of ${layer.name}`)
}

function checkInitializers({ variables }: Network, refuse: RefuseLayers): void {
  for (const { name, shape, size, initializer } of variables) {
    if (typeof initializer === 'string' || initializer.name !== 'orthogonal') continue
    const columns = shape.at(-1)!
    if (size * Math.min(columns, size / columns) > MAX_ORTHOGONAL_PRODUCTS)
      refuse(`${name} [${shape}] is too large for the initializer orthogonal`)
  }
}
