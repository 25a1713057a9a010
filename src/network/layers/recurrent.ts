import { z } from 'zod'
import { type Initializer, initializer, plainInitializer } from '#network/initializer-schema.ts'
import { elementCount, type Shape } from '#network/shape.ts'
import { kernelVariable, type Variable } from '#network/variable.ts'
import { timeInput } from './input-check.ts'
import { defineLayer } from './layer-definition.ts'
import { size } from './options.ts'

/**
 * The number of gates, each of which is a block of `units` columns of the kernels, in Keras's order: i, f, c, o in an LSTM; z, r, h in a
 * GRU.
 */
const GATES = { lstm: 4, gru: 3, simpleRnn: 1 } as const
type RecurrentType = keyof typeof GATES

const schema = {
  units: size,
  /** Whether the layer returns the output of every step, or of the last one only. */
  returnSequences: z.boolean(),
  /** `backward` processes the last step first; `both` is two layers, one in each direction, whose outputs are concatenated. */
  direction: z.enum(['forward', 'backward', 'both']),
  kernelInitializer: plainInitializer,
  recurrentInitializer: plainInitializer,
}

type Options = z.output<z.ZodObject<typeof schema>> & { name: string; biasInitializer?: Initializer }

/** Over sequences [time, features], with an initial state of zeros. Kernels are [features, gates units] and [units, gates units]. */
const recurrent = (type: RecurrentType, bias: typeof initializer) =>
  defineLayer({
    schema: { ...schema, biasInitializer: bias.exactOptional() },
    inputs: timeInput,
    outputShape: (layer, [input]) => [
      ...(layer.returnSequences ? [input![0]!] : []),
      waysOf(layer).length * layer.units,
    ],
    variables: ({ layer, inputShape }) => recurrentVariables(type, layer as Options, inputShape[1]!),
    statistics: () => [],
    flops({ layer, inputShape }) {
      const perInput = 2 * GATES[type] * layer.units * unrolledSteps(layer, inputShape)
      return [perInput * inputShape[1]!, perInput * layer.units]
    },
    // Per step: the inputs and outputs of the gates, and the states.
    keptActivations: ({ layer, inputShape }) =>
      unrolledSteps(layer, inputShape) * layer.units * (2 * GATES[type] + 3),
    unrolledSteps: ({ layer, inputShape }) => unrolledSteps(layer, inputShape),
    elements: 'mixed',
  })

export const RECURRENT_LAYERS = {
  lstm: recurrent('lstm', initializer),
  /** The reset gate multiplies the product with the recurrent kernel, so the bias is [2, gates units]: for the input and for the state. */
  gru: recurrent('gru', plainInitializer),
  simpleRnn: recurrent('simpleRnn', plainInitializer),
}

export function isRecurrent<Layer extends { type: string }>(
  layer: Layer,
): layer is Extract<Layer, { type: RecurrentType }> {
  return layer.type in GATES
}

/** The prefixes of a layer's variables, one for each direction. */
export function waysOf({ name, direction }: Pick<Options, 'name' | 'direction'>): string[] {
  return direction === 'both' ? [`${name}/forward`, `${name}/backward`] : [name]
}

function unrolledSteps(layer: Pick<Options, 'name' | 'direction'>, [time]: Shape): number {
  return time! * waysOf(layer).length
}

function recurrentVariables(type: RecurrentType, layer: Options, features: number): Variable[] {
  const { units, kernelInitializer, recurrentInitializer, biasInitializer } = layer
  const width = GATES[type] * units
  const biasShape = type === 'gru' ? [2, width] : [width]
  return waysOf(layer).flatMap(way => [
    kernelVariable(way, 'kernel', [features, width], kernelInitializer),
    kernelVariable(way, 'recurrentKernel', [units, width], recurrentInitializer),
    ...(biasInitializer ? [biasVariable(way, biasShape, biasInitializer)] : []),
  ])
}

function biasVariable(way: string, shape: Shape, initializer: Initializer): Variable {
  const fans = { fanIn: shape[0]!, fanOut: shape.at(-1)! }
  return { name: `${way}/bias`, kind: 'bias', shape, size: elementCount(shape), initializer, ...fans }
}
