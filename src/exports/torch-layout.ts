import type { Topology } from '#domain/model-spec.ts'
import { type PlacedLayer, placeLayers } from '#domain/shape.ts'
import type { NamedTensor, Weight } from '#formats/named-tensor.ts'
import { permuteAxes } from './permute-axes.ts'

/** What PyTorch calls the variables of a layer. */
const TORCH_WORDS: Readonly<Record<string, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  embeddings: 'weight',
  movingMean: 'running_mean',
  movingVariance: 'running_var',
}

/** Layers that work on each element or channel for itself: behind a flatten, its order of elements is theirs too. */
const KEEP_ORDER: ReadonlySet<string> = new Set(['activation', 'dropout', 'batchNormalization'])

/**
 * Tensors as the `state_dict` of a PyTorch module with the same layer names has them: convolution kernels [out, in, height,
 * width], dense kernels [out, in], and where a layer takes flattened images, its inputs in the order of channels, height, width.
 */
export function toTorchLayout(topology: Topology, tensors: readonly Weight[]): Weight[] {
  const placed = placeLayers(topology)
  const flattened = new Map(placed.map((layer, index) => [layer.layer.name, flattenedShape(placed, index)]))
  return tensors.map(tensor => {
    const { layer, word } = splitName(tensor.name)
    const name = `${layer}.${TORCH_WORDS[word]!}`
    return { ...reorder(tensor, word, flattened.get(layer)), name }
  })
}

/** The batches that each batch normalisation has seen: PyTorch counts them, and only its absence would be noticed. */
export function batchCounters(statistics: readonly Weight[], batches: number): NamedTensor[] {
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
  const slash = name.lastIndexOf('/')
  return { layer: name.slice(0, slash), word: name.slice(slash + 1) }
}

function reorder(tensor: Weight, word: string, image: readonly number[] | undefined): Weight {
  if (word === 'kernel' && tensor.shape.length === 4) return permuteAxes(tensor, [3, 2, 0, 1])
  if (word === 'kernel') return permuteAxes(image ? channelsFirst(tensor, image) : tensor, [1, 0])
  return image && word !== 'bias' ? channelsFirst(tensor, image) : tensor
}

/** The first axis, which counts the elements of an image by height, width and channel, by channel, height and width. */
function channelsFirst(tensor: Weight, [height, width, channels]: readonly number[]): Weight {
  const rest = tensor.shape.slice(1)
  const split = { ...tensor, shape: [height!, width!, channels!, ...rest] }
  const { data } = permuteAxes(split, [2, 0, 1, ...rest.map((_, axis) => 3 + axis)])
  return { ...tensor, data }
}

/** The shape of the images whose flattened elements a layer takes, if it does. */
function flattenedShape(placed: readonly PlacedLayer[], index: number): readonly number[] | undefined {
  const source = placed[placed[index]!.inputs[0]!]
  if (!source) return undefined
  if (source.layer.type === 'flatten') return source.inputShape.length === 3 ? source.inputShape : undefined
  return KEEP_ORDER.has(source.layer.type) ? flattenedShape(placed, placed[index]!.inputs[0]!) : undefined
}
