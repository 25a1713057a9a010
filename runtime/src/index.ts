import { compile } from './engine/compile.ts'
import { readModelFile } from './file/read-model-file.ts'
import { Model } from './model.ts'
import { buildGraph } from './network/build-graph.ts'
import { CountedWeights, layerWeights } from './network/layer-weights.ts'
import { simplify } from './network/simplify/simplify.ts'
import type { TrainedNetwork } from './network/trained-network.ts'
import { type FloatTensor, weightsOf } from './network/weights.ts'
import type { ModelOptions } from './options.ts'

export type { Examples } from './examples.ts'
export type { Classification, Model } from './model.ts'
export { ModelError } from './model-error.ts'
export type { LayerWeights } from './network/layer-weights.ts'
export type { OutputActivation, Preprocessing } from './network/trained-network.ts'
export type { FloatTensor } from './network/weights.ts'
export type { ModelOptions } from './options.ts'

/** A trained network in memory. */
export type NetworkInMemory = Omit<TrainedNetwork, 'weights'> & {
  /** In TensorFlow's layout, with the names that model files have. */
  tensors: readonly FloatTensor[]
}

/**
 * Opens a model file of a job: `model.sparse.safetensors`, `model.sparse.safetensors.zst` or `model.safetensors`.
 *
 * @throws ModelError that says what is wrong with the file, or which layer this version does not know; TypeError for other arguments
 */
export async function load(bytes: Uint8Array | ArrayBuffer, options: ModelOptions = {}): Promise<Model> {
  return await open(readModelFile(bytesOf(bytes)), options)
}

/** Makes a model of a network in memory. @throws ModelError as `load` does */
export async function fromNetwork(
  { tensors, ...network }: NetworkInMemory,
  options: ModelOptions = {},
): Promise<Model> {
  return await open({ ...network, weights: weightsOf(tensors) }, options)
}

async function open(network: TrainedNetwork, options: ModelOptions): Promise<Model> {
  const weights = new CountedWeights(network.weights)
  const graph = simplify(buildGraph({ ...network, weights }))
  const compiled = await compile(graph, options)
  const { classes, outputActivation } = network
  const layers = layerWeights(graph, compiled.computed)
  const { count: parameters, sparsity } = weights
  return new Model(graph, compiled, { classes, outputActivation, layers, parameters, sparsity })
}

/** Not a Buffer, whose `slice` does not copy. */
function bytesOf(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  if (bytes instanceof Uint8Array) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes)
  throw new TypeError('load takes the bytes of a model file, as a Uint8Array or an ArrayBuffer')
}
