import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { type ElementOrder, elementOrders } from '#interchange/element-order.ts'
import { permuteAxes } from '#interchange/permute-axes.ts'
import { isRecurrent } from '#network/layers/recurrent.ts'
import { placeLayers } from '#network/place-layers.ts'
import type { Topology } from '#network/topology.ts'
import { isHalfAffine } from '#network/variables.ts'
import { recurrentToTorch } from './torch-recurrent.ts'

/** What PyTorch calls the variables of a layer. */
const TORCH_WORDS: Readonly<Record<string, string>> = {
  kernel: 'weight',
  depthwiseKernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  embeddings: 'weight',
  mean: 'mean',
  variance: 'variance',
  movingMean: 'running_mean',
  movingVariance: 'running_var',
}

/** A separable convolution is a module of two. */
const SEPARABLE_WORDS: Readonly<Record<string, string>> = {
  depthwiseKernel: 'depthwise.weight',
  pointwiseKernel: 'pointwise.weight',
  bias: 'pointwise.bias',
}

/**
 * Tensors as the `state_dict` of a PyTorch module with the same layer names has them: convolution kernels [out, in, height,
 * width] or [out, in, steps], transposed ones [in, out, height, width], dense kernels [out, in], and where a layer takes flattened
 * images, its inputs in the order of channels, height, width. What recurrent layers become is said in torch-recurrent.ts.
 */
export function toTorchLayout(topology: Topology, tensors: readonly FloatTensor[]): FloatTensor[] {
  const convert = torchLayout(topology)
  return tensors.flatMap(convert)
}

/** The same of one tensor after another: an LSTM's bias becomes two. */
export function torchLayout(topology: Topology): (tensor: FloatTensor) => FloatTensor[] {
  const placed = placeLayers(topology)
  const orders = elementOrders(placed)
  const layers = new Map(
    placed.map(({ layer, inputs }) => [layer.name, { layer, order: orders[inputs[0]!] }]),
  )
  return tensor => {
    const { layer: name, word } = splitName(tensor.name)
    const { layer, order } = layers.get(name)!
    if (isRecurrent(layer)) return recurrentToTorch(layer, word, tensor)
    const words = layer.type === 'separableConv2d' ? SEPARABLE_WORDS : TORCH_WORDS
    return [{ ...reorder(tensor, word, order), name: `${name}.${words[word]!}` }]
  }
}

/**
 * PyTorch's batch normalisations have weight and bias both, or neither (`affine=False`): the one that one of ours does without, for a
 * state_dict that is whole.
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

/** The batches that each batch normalisation has seen: PyTorch counts them, and only its absence would be noticed. */
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

/** @param order of the elements that the layer takes */
function reorder(tensor: FloatTensor, word: string, order: ElementOrder | undefined): FloatTensor {
  if (word === 'depthwiseKernel') return ofGroups(permuteAxes(tensor, [2, 3, 0, 1]))
  if (word === 'pointwiseKernel') return permuteAxes(tensor, [3, 2, 0, 1])
  if (word === 'kernel' && tensor.shape.length === 4) return permuteAxes(tensor, [3, 2, 0, 1])
  if (word === 'kernel' && tensor.shape.length === 3) return permuteAxes(tensor, [2, 1, 0])
  if (word === 'kernel') return permuteAxes(order ? reorderRows(tensor, order) : tensor, [1, 0])
  return order && word !== 'bias' ? reorderRows(tensor, order) : tensor
}

/** [in, multiplier, height, width] as a convolution of as many groups as channels has it: [in multiplier, 1, height, width]. */
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
