import { channelAxis, channelShape, type Preprocessing, shiftAndFactor } from '#domain/preprocessing.ts'
import type { Config, Reader } from './activation-config.ts'

/** Keras takes no smaller standard deviation, and no whole number of more than 32 bits. */
const SMALLEST_STD = 1e-6
const LARGEST = 2 ** 31

type Numbers = number | readonly Numbers[]

/** The layers that do the preprocessing, for a network that takes examples of that shape. */
export function preprocessingConfigs(
  preprocessing: Preprocessing,
  inputShape: readonly number[],
  reader: Reader,
): Config[] {
  const { scale, mean, std } = preprocessing
  const isNormalised = mean.some(value => value !== 0) || std.some(value => value !== 1)
  if (!isNormalised) return scale === 1 ? [] : [rescaling(scale, 0)]
  if (reader === 'keras' && isWithinKeras(preprocessing))
    return [...(scale === 1 ? [] : [rescaling(scale, 0)]), normalization(preprocessing, inputShape)]
  // TensorFlow.js has no layer Normalization. The difference comes first, as in predictions.
  const { shift, factor } = shiftAndFactor(preprocessing)
  const byChannel = (values: readonly number[]) => nested(values, channelShape(values, inputShape))
  return [rescaling(1, byChannel(shift.map(value => -value))), rescaling(byChannel(factor), 0)]
}

function rescaling(scale: Numbers, offset: Numbers): Config {
  return { class_name: 'Rescaling', config: { scale, offset } }
}

function normalization({ mean, std }: Preprocessing, inputShape: readonly number[]): Config {
  const axis = channelAxis(inputShape)
  const isLast = mean.length === 1 || axis === inputShape.length - 1
  const variance = std.map(deviation => deviation ** 2)
  const config = { axis: isLast ? -1 : axis + 1, mean, variance, invert: false }
  return { class_name: 'Normalization', config }
}

function isWithinKeras({ mean, std }: Preprocessing): boolean {
  return (
    std.every(deviation => deviation >= SMALLEST_STD && deviation ** 2 < LARGEST) &&
    mean.every(value => Math.abs(value) < LARGEST)
  )
}

/** One number a channel as lists in the shape that broadcasts; a single one as itself. */
function nested(values: readonly number[], [, ...ones]: readonly number[]): Numbers {
  if (values.length === 1) return values[0]!
  return values.map(value => ones.reduce<Numbers>(inner => [inner], value))
}
