import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { type ElementOrder, elementOrders } from '#interchange/element-order.ts'
import { permuteAxes } from '#interchange/permute-axes.ts'
import { isRecurrent } from '#network/layers/recurrent.ts'
import { type PlacedLayer, placeLayers } from '#network/place-layers.ts'
import type { Topology } from '#network/topology.ts'
import type { VariableWord } from '#network/variable.ts'
import { isHalfAffine } from '#network/variables.ts'
import { recurrentToTorch } from './torch-recurrent.ts'

/** PyTorch's names of a layer's variables; for recurrent layers see torch-recurrent.ts. */
const TORCH_WORDS: Readonly<Record<Exclude<VariableWord, 'recurrentKernel'>, string>> = {
  kernel: 'weight',
  depthwiseKernel: 'weight',
  pointwiseKernel: 'pointwise.weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  embeddings: 'weight',
  mean: 'mean',
  variance: 'variance',
  movingMean: 'running_mean',
  movingVariance: 'running_var',
}

/** A separable convolution is a module of two convolutions. */
const SEPARABLE_WORDS = { ...TORCH_WORDS, depthwiseKernel: 'depthwise.weight', bias: 'pointwise.bias' }

/**
 * Tensors as in the `state_dict` of a PyTorch module with the same layer names: convolution kernels [out, in, height, width] or
 * [out, in, steps], transposed ones [in, out, height, width], dense kernels [out, in]; the inputs of a layer that takes flattened images
 * are in the order channels, height, width. torch-recurrent.ts documents recurrent layers.
 */
export function toTorchLayout(topology: Topology, tensors: readonly FloatTensor[]): FloatTensor[] {
  return tensors.flatMap(torchLayout(placeLayers(topology)))
}

export type TorchConverter = (tensor: FloatTensor) => FloatTensor[]

/** Converts one tensor; an LSTM's bias becomes two tensors. */
export function torchLayout(placed: readonly PlacedLayer[]): TorchConverter {
  const orders = elementOrders(placed)
  const layers = new Map(
    placed.map(({ layer, inputs }) => [layer.name, { layer, order: orders[inputs[0]!] }]),
  )
  return tensor => {
    const { layer: name, word } = splitName(tensor.name)
    const { layer, order } = layers.get(name)!
    if (isRecurrent(layer)) return recurrentToTorch(layer, word, tensor)
    const words = layer.type === 'separableConv2d' ? SEPARABLE_WORDS : TORCH_WORDS
    return [{ ...reorder(tensor, word, order), name: `${name}.${words[word as keyof typeof TORCH_WORDS]}` }]
  }
}

/**
 * PyTorch's batch normalizations have both weight and bias, or neither (`affine=False`). These tensors complete the state_dict of layers
 * that have only one of them.
 */
export function fixedParameters(topology: Topology): FloatTensor[] {
  return placeLayers(topology).flatMap(({ layer, inputShape }) => {
    if (!isHalfAffine(layer)) return []
    const [word, value] = layer.scale === false ? ['weight', 1] : ['bias', 0]
    const shape = inputShape.slice(-1)
    const data = new Float32Array(shape[0]!).fill(value as number)
    return [{ name: `${layer.name}.${word}`, dtype: 'F32', shape, data }]
  })
}

/** The number of batches that each batch normalization has seen, which PyTorch counts and expects in a state_dict. */
export function batchCounters(statistics: readonly FloatTensor[], batches: number): NamedTensor[] {
  return statistics
    .filter(({ name }) => name.endsWith('/movingMean'))
    .map(({ name }) => ({
      name: `${splitName(name).layer}.num_batches_tracked`,
      shape: [],
      dtype: 'I64',
      data: BigInt64Array.of(BigInt(batches)),
    }))
}

function splitName(name: string): { layer: string; word: string } {
  const slash = name.indexOf('/')
  return { layer: name.slice(0, slash), word: name.slice(slash + 1) }
}

/** @param order of the elements of the layer's input */
function reorder(tensor: FloatTensor, word: string, order: ElementOrder | undefined): FloatTensor {
  if (word === 'depthwiseKernel') return ofGroups(permuteAxes(tensor, [2, 3, 0, 1]))
  if (word === 'pointwiseKernel') return permuteAxes(tensor, [3, 2, 0, 1])
  if (word === 'kernel' && tensor.shape.length === 4) return permuteAxes(tensor, [3, 2, 0, 1])
  if (word === 'kernel' && tensor.shape.length === 3) return permuteAxes(tensor, [2, 1, 0])
  if (word === 'kernel') return permuteAxes(order ? reorderRows(tensor, order) : tensor, [1, 0])
  return order && word !== 'bias' ? reorderRows(tensor, order) : tensor
}

/** [in, multiplier, height, width] as in a convolution with one group per channel: [in multiplier, 1, height, width]. */
function ofGroups(tensor: FloatTensor): FloatTensor {
  const [channels, multiplier, ...window] = tensor.shape as [number, number, ...number[]]
  return { ...tensor, shape: [channels * multiplier, 1, ...window] }
}

/** The first axis counts the elements. */
function reorderRows(tensor: FloatTensor, order: ElementOrder): FloatTensor {
  const size = tensor.data.length / order.length
  const data = new Float32Array(tensor.data.length)
  for (const [row, source] of order.entries())
    data.set(tensor.data.subarray(source * size, (source + 1) * size), row * size)
  return { ...tensor, data }
}
