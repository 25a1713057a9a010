import * as tf from '@tensorflow/tfjs-core'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { rootMeanSquares } from '#formats/shrink-channels.ts'
import type { OutputChannels } from '#network/output-channels.ts'
import type { Variable } from '#network/variables.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { CORRECT_COUNT } from '#workers/engine/ops/kernel-names.ts'

// Metrics are counted in floats, which are exact far beyond any batch: TensorFlow compares and sums int32s on the host, even where
// there is a GPU.

/** Sums metrics over a batch, from outputs [batch, n] and labels. */
export type Metric = (outputs: tf.Tensor2D, labels: tf.Tensor) => tf.Scalar

/** Sums over a batch, by name: `correct` answers, labels among the `top5`, the `absoluteError`. */
export type MetricSums = Record<string, tf.Scalar | tf.Tensor1D>

export function measure(
  metrics: Readonly<Record<string, Metric>>,
  outputs: tf.Tensor2D,
  labels: tf.Tensor,
): Record<string, tf.Scalar> {
  return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric(outputs, labels)]))
}

/** The number of rows of the logits [batch, classes] that are largest at their label [batch]. */
export function correctCount(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  if (tf.getKernel(CORRECT_COUNT, tf.getBackend()))
    return tf.engine().runKernel<tf.Tensor[]>(CORRECT_COUNT, { logits, labels })[0] as tf.Scalar
  const isRight = tf.equal(tf.cast(tf.argMax(logits, 1), 'float32'), tf.cast(labels, 'float32'))
  return tf.sum(tf.cast(isRight, 'float32'))
}

/** The number of rows of the logits [batch, classes] whose label [batch] is among the `top` largest; ties count as being among them. */
export function topCount(logits: tf.Tensor2D, labels: tf.Tensor1D, top: number): tf.Scalar {
  const own = tf.sum(tf.mul(tf.oneHot(labels, logits.shape[1]), logits), 1, true)
  const larger = tf.sum(tf.cast(tf.greater(logits, own), 'float32'), 1)
  return tf.sum(tf.cast(tf.less(larger, top), 'float32'))
}

/** For each row, the share of the logits that are on the side of their targets in [0, 1]; summed over the rows. */
export function correctAnswers(logits: tf.Tensor2D, targets: tf.Tensor): tf.Scalar {
  const isRight = tf.equal(tf.greater(logits, 0), tf.greater(targets, 0.5))
  return tf.div(tf.sum(tf.cast(isRight, 'float32')), logits.shape[1])
}

/** The mean of |output - target| of each row, summed over the rows. */
export function absoluteErrorSum(outputs: tf.Tensor2D, targets: tf.Tensor): tf.Scalar {
  return tf.div(tf.sum(tf.abs(tf.sub(outputs, targets))), outputs.shape[1])
}

/**
 * The metrics of an epoch that follow from the weights.
 * @param variables of the weights
 * @param zerosBefore where the weights were zero after the previous epoch, if there was one
 * @param groups the output channels that the threshold of the optimizer applies to as a whole
 * @param skipping names of the layers whose products left out the zeros of their kernels
 */
export function measureWeights(
  weights: readonly FloatTensor[],
  variables: readonly Pick<Variable, 'name' | 'kind'>[],
  zerosBefore?: readonly NamedTensor[],
  skipping: ReadonlySet<string> = new Set(),
  groups: readonly OutputChannels[] = [],
): Pick<EpochMetrics, 'sparsity' | 'weightSparsity' | 'regrown' | 'layers'> {
  const layers = weights.map(({ name, shape, data }) => ({
    name,
    shape: [...shape],
    size: data.length,
    nonzero: count(data, value => value !== 0),
    ...zeroChannelsOf(name, weights, groups),
    ...(name.endsWith('/kernel') && skipping.has(name.slice(0, -'/kernel'.length)) && { skipsZeros: true }),
  }))
  const kernels = new Set(variables.filter(({ kind }) => kind === 'kernel').map(({ name }) => name))
  return {
    sparsity: sparsityOf(layers),
    weightSparsity: sparsityOf(layers.filter(({ name }) => kernels.has(name))),
    regrown: zerosBefore ? countRegrown(weights, zerosBefore) : 0,
    layers,
  }
}

function zeroChannelsOf(
  kernel: string,
  weights: readonly FloatTensor[],
  groups: readonly OutputChannels[],
): Pick<EpochMetrics['layers'][number], 'zeroChannels'> {
  const group = groups.find(group => group.kernel === kernel)
  return group ? { zeroChannels: rootMeanSquares(group, weights).filter(root => root === 0).length } : {}
}

function sparsityOf(layers: EpochMetrics['layers']): number {
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  const nonzero = layers.reduce((sum, layer) => sum + layer.nonzero, 0)
  return (size - nonzero) / size
}

/** Where the weights are zero: for each variable one bit per element, the least significant bit of a byte first. */
export function zerosOf(weights: readonly FloatTensor[]): NamedTensor[] {
  return weights.map(({ name, data }) => {
    const bits = new Uint8Array(Math.ceil(data.length / 8))
    for (let i = 0; i < data.length; i++) if (data[i] === 0) bits[i >> 3]! |= 1 << (i & 7)
    return { name, shape: [bits.length], dtype: 'U8', data: bits }
  })
}

function countRegrown(weights: readonly FloatTensor[], zerosBefore: readonly NamedTensor[]): number {
  const zeros = new Map(zerosBefore.map(({ name, data }) => [name, data as Uint8Array]))
  return weights.reduce((sum, { name, data }) => {
    const bits = zeros.get(name)!
    return sum + count(data, (value, i) => value !== 0 && ((bits[i >> 3]! >> (i & 7)) & 1) === 1)
  }, 0)
}

/** The fraction of a variable's elements that are zero. @param zeros of the variable, as of `zerosOf` */
export function sparsityFromZeros({ data }: NamedTensor, size: number): number {
  let zeros = 0
  for (let bits of data as Uint8Array) for (; bits !== 0; bits &= bits - 1) zeros++
  return zeros / size
}

function count(values: Float32Array, isWanted: (value: number, index: number) => boolean): number {
  let found = 0
  for (let i = 0; i < values.length; i++) if (isWanted(values[i]!, i)) found++
  return found
}
