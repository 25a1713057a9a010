import type { DatasetSpec, Normalization } from '#domain/dataset.ts'
import { inputScaleOf } from './input-scale.ts'

/**
 * The transformation from an example of the dataset to an input of the network: (x * scale - mean) / std. `mean` and `std` have one
 * number per channel, or one number for all channels.
 */
export interface Preprocessing {
  scale: number
  mean: readonly number[]
  std: readonly number[]
}

/** The identity. */
export const NO_PREPROCESSING: Preprocessing = { scale: 1, mean: [0], std: [1] }

/** The preprocessing of training, predictions and exports. */
export function preprocessingOf(dataset: DatasetSpec): Preprocessing {
  return preprocessingFor(dataset.normalize, inputScaleOf(dataset))
}

/** Scales the values, then normalizes each channel. */
export function preprocessingFor(
  { mean, std }: Normalization = { mean: [0], std: [1] },
  scale: number,
): Preprocessing {
  const channels = Math.max(mean.length, std.length)
  return {
    scale,
    mean: spread(mean, channels),
    std: spread(std, channels),
  }
}

/**
 * The same as (x - shift) * factor. The difference is computed first: for values far from zero, a product first would leave only
 * rounding errors.
 */
export function shiftAndFactor({ scale, mean, std }: Preprocessing): {
  shift: readonly number[]
  factor: readonly number[]
} {
  return { shift: mean.map(value => value / scale), factor: std.map(deviation => scale / deviation) }
}

/**
 * The channel axis of an example. It is the last axis, unless the input of the network has axes of length 1 after those of the
 * dataset.
 */
export function channelAxis(inputShape: readonly number[]): number {
  const axis = inputShape.findLastIndex(length => length !== 1)
  return axis === -1 ? inputShape.length - 1 : axis
}

/** The shape in which one number per channel is broadcast over examples. */
export function channelShape(values: readonly number[], inputShape: readonly number[]): number[] {
  if (values.length === 1) return [1]
  return [values.length, ...inputShape.slice(channelAxis(inputShape) + 1)]
}

function spread(values: readonly number[], channels: number): readonly number[] {
  return values.length === 1 ? Array(channels).fill(values[0]) : values
}
