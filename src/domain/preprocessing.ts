import type { DatasetSpec, Normalization } from './dataset.ts'
import { inputScaleOf } from './input-scale.ts'

/**
 * What turns an example as the dataset holds it into what the network takes: (x * scale - mean) / std. `mean` and `std` have
 * one number a channel, or one for all of them.
 */
export interface Preprocessing {
  scale: number
  mean: readonly number[]
  std: readonly number[]
}

/** Leaves examples as they are. */
export const NO_PREPROCESSING: Preprocessing = { scale: 1, mean: [0], std: [1] }

/** The same for training, predictions and exports. */
export function preprocessingOf(dataset: DatasetSpec): Preprocessing {
  return preprocessingFor(dataset.normalize, inputScaleOf(dataset))
}

/** Values are scaled, then each channel is normalised. */
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
 * The same as (x - shift) * factor. The difference comes first: of values far from zero, a product first would leave only
 * rounding errors.
 */
export function shiftAndFactor({ scale, mean, std }: Preprocessing): {
  shift: readonly number[]
  factor: readonly number[]
} {
  return { shift: mean.map(value => value / scale), factor: std.map(deviation => scale / deviation) }
}

/**
 * The axis of an example that channels are counted along. It is the last one, unless the network takes examples with axes of
 * length 1 behind those of the dataset.
 */
export function channelAxis(inputShape: readonly number[]): number {
  const axis = inputShape.findLastIndex(length => length !== 1)
  return axis === -1 ? inputShape.length - 1 : axis
}

/** The shape in which one number a channel is broadcast over examples. */
export function channelShape(values: readonly number[], inputShape: readonly number[]): number[] {
  if (values.length === 1) return [1]
  return [values.length, ...inputShape.slice(channelAxis(inputShape) + 1)]
}

function spread(values: readonly number[], channels: number): readonly number[] {
  return values.length === 1 ? Array(channels).fill(values[0]) : values
}
