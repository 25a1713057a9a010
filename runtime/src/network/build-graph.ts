import type { Graph, Shape } from '../graph.ts'
import { ModelError } from '../model-error.ts'
import { GraphBuilder } from './graph-builder.ts'
import { Layer } from './layer.ts'
import { LAYERS } from './layers/layers.ts'
import { type ParsedLayer, parseTopology } from './parse-topology.ts'
import type { OutputActivation, Preprocessing, TrainedNetwork } from './trained-network.ts'
import type { Weights } from './weights.ts'

/** The name under which layers take the network's input. */
const NETWORK_INPUT = 'input'

/**
 * The graph of a trained network, from examples as the dataset stores them to predictions, with every layer as nodes of its own.
 * @throws ModelError that names the layer, for a layer or an option that this version of the runtime does not know, and for weights that
 * are absent or have another shape
 */
export function buildGraph({ topology, weights, preprocessing, outputActivation }: TrainedNetwork): Graph {
  const { inputShape, layers } = parseTopology(topology)
  const graph = new GraphBuilder()
  graph.add(NETWORK_INPUT, [], { op: 'input', shape: inputShape })
  const input = addPreprocessing(graph, preprocessing, inputShape)
  const logits = addLayers(graph, layers, input, weights)
  addOutput(graph, outputActivation, logits)
  return { nodes: graph.nodes }
}

/** @returns the node of the network's input */
function addPreprocessing(graph: GraphBuilder, { scale, mean, std }: Preprocessing, shape: Shape): number {
  const channels = channelShape(shape, Math.max(mean.length, std.length))
  const shift = Float32Array.from(mean, value => value / scale)
  const factor = Float32Array.from(std, deviation => scale / deviation)
  if (shift.every(value => value === 0) && factor.every(value => value === 1)) return 0
  const node = graph.add('preprocessing', [graph.reshape('preprocessing', 0, channels)], {
    op: 'affine',
    shape: channels,
    shift,
    scale: factor,
    offset: new Float32Array(1),
    activation: { name: 'linear' },
  })
  return graph.reshape('preprocessing', node, shape)
}

/** The shape of an example without the axes of length 1 behind its channels, which the network may have after those of the dataset. */
function channelShape(shape: Shape, channels: number): Shape {
  const axis = channels === 1 ? shape.length - 1 : shape.findLastIndex(length => length !== 1)
  if (channels !== 1 && channels !== shape[axis])
    throw new ModelError(`preprocessing has ${channels} means and deviations for examples [${shape}]`)
  return shape.slice(0, axis + 1)
}

/** @returns the node of the last layer */
function addLayers(
  graph: GraphBuilder,
  layers: readonly ParsedLayer[],
  input: number,
  weights: Weights,
): number {
  const outputs = new Map([[NETWORK_INPUT, input]])
  let previous = input
  for (const { name, options, inputs } of layers) {
    if (outputs.has(name)) throw new ModelError(`two layers are named "${name}"`)
    const taken = inputs?.map(name => outputs.get(name)) ?? [previous]
    if (taken.includes(undefined))
      throw new ModelError(`inputs of layer "${name}" must be earlier layers, or "${NETWORK_INPUT}"`)
    const layer = new Layer(options, taken as number[], { graph, weights })
    const build = LAYERS.get(layer.type) ?? refuseType
    previous = build(layer)
    outputs.set(name, previous)
  }
  return previous
}

function refuseType(layer: Layer): never {
  return layer.refuse('is of a type that this version of the runtime does not know')
}

function addOutput(graph: GraphBuilder, activation: OutputActivation, logits: number): void {
  const { shape } = graph.nodes[logits]!
  if (shape.length !== 1) throw new ModelError(`the network must end in a vector, not in [${shape}]`)
  if (activation === 'softmax') graph.add('output', [logits], { op: 'softmax', shape })
  else graph.add('output', [logits], { op: 'activation', shape, activation: { name: activation } })
}
