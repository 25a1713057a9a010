import { channelAxis, type Preprocessing, shiftAndFactor } from '#formats/preprocessing.ts'
import type { Config, Reader } from './activation-config.ts'

/** Limits of Keras: the smallest standard deviation, and the largest integer. */
const SMALLEST_STD = 1e-6
const LARGEST = 2 ** 31

/** The layers that preprocess examples of this shape. */
export function preprocessingConfigs(
  preprocessing: Preprocessing,
  inputShape: readonly number[],
  reader: Reader,
): Config[] {
  const layers = layersOf(preprocessing, reader)
  const byChannels = inputShape.slice(0, channelAxis(inputShape) + 1)
  // In these layers, channels are the last axis.
  return preprocessing.mean.length === 1 || byChannels.length === inputShape.length
    ? layers
    : [reshape(byChannels), ...layers, reshape(inputShape)]
}

function layersOf(preprocessing: Preprocessing, reader: Reader): Config[] {
  const { scale, mean, std } = preprocessing
  const scaling = scale === 1 ? [] : [rescaling(scale, 0)]
  if (mean.every(value => value === 0) && std.every(value => value === 1)) return scaling
  if (reader === 'keras' && isWithinKeras(preprocessing)) return [...scaling, normalization(preprocessing)]
  // TensorFlow.js has no layer Normalization. The subtraction comes first, as in predictions.
  const { shift, factor } = shiftAndFactor(preprocessing)
  const offset = shift.map(value => -value)
  return [rescaling(1, oneOrAll(offset)), rescaling(oneOrAll(factor), 0)]
}

function rescaling(scale: number | readonly number[], offset: number | readonly number[]): Config {
  return { class_name: 'Rescaling', config: { scale, offset } }
}

function normalization({ mean, std }: Preprocessing): Config {
  const variance = std.map(deviation => deviation ** 2)
  return { class_name: 'Normalization', config: { axis: -1, mean, variance, invert: false } }
}

function reshape(shape: readonly number[]): Config {
  return { class_name: 'Reshape', config: { target_shape: shape } }
}

function isWithinKeras({ mean, std }: Preprocessing): boolean {
  return (
    std.every(deviation => deviation >= SMALLEST_STD && deviation ** 2 < LARGEST) &&
    mean.every(value => Math.abs(value) < LARGEST)
  )
}

function oneOrAll(values: readonly number[]): number | readonly number[] {
  return values.length === 1 ? values[0]! : values
}
