import { elementCount } from '#network/shape.ts'
import { outputAxesOf, type Variable } from '#network/variable.ts'
import type { FloatTensor } from './named-tensor.ts'
import type { RoundingReport } from './rounding-report.ts'
import { channelPeriod, dequantize, isQuantized, type QuantizedTensor } from './sparse/scales.ts'

type VariableFacts = Pick<Variable, 'name' | 'kind' | 'shape' | 'outputAxes'>

/** The largest magnitude; -128 is not used, so that the range is symmetric. */
const MOST = 127
/** The smallest positive float32. */
const SMALLEST = 2 ** -149
/** A float64 of this magnitude has no fraction: adding it rounds to the nearest integer, ties to even. */
const NO_FRACTION = 1.5 * 2 ** 52

/**
 * Rounds kernels to int8 with one scale for each output channel, max |w| / 127 (symmetric quantization per channel: Krishnamoorthi 2018,
 * "Quantizing deep convolutional networks for efficient inference", section 2.3). A zero stays zero. Other tensors, which are small, and kernels with
 * a value that is not finite are returned unchanged.
 * @param variables those of the model, in any order
 */
export function toInt8(
  tensors: readonly FloatTensor[],
  variables: readonly VariableFacts[],
): { tensors: (FloatTensor | QuantizedTensor)[]; rounding: RoundingReport } {
  const kernels = new Map(variables.filter(({ kind }) => kind === 'kernel').map(one => [one.name, one]))
  const rounding = { maxAbsoluteError: 0, changedZeros: 0, maxErrorInScales: 0 }
  const rounded = tensors.map(tensor => {
    const kernel = kernels.get(tensor.name)
    if (!kernel || !tensor.data.every(Number.isFinite)) return tensor
    const quantized = quantize(tensor, kernel)
    measure(tensor, quantized, rounding)
    return quantized
  })
  return { tensors: rounded, rounding }
}

/** The weights that a reader of the file gets. */
export function asInt8(tensors: readonly FloatTensor[], variables: readonly VariableFacts[]): FloatTensor[] {
  return toInt8(tensors, variables).tensors.map(tensor => (isQuantized(tensor) ? dequantize(tensor) : tensor))
}

function quantize(tensor: FloatTensor, variable: VariableFacts): QuantizedTensor {
  const { name, shape, data } = tensor
  const [axis, end] = outputAxesOf(variable)
  const channels = { axis, shape: shape.slice(axis, end) }
  const period = channelPeriod(shape, channels)
  const scales = scalesOf(data, period, elementCount(channels.shape))
  const values = new Int8Array(data.length)
  for (let i = 0, at = 0; i < values.length; i++) {
    if (data[i] !== 0) values[i] = clamp(data[i]! / scales[period[at]!]! + NO_FRACTION - NO_FRACTION)
    if (++at === period.length) at = 0
  }
  return { name, shape, dtype: 'I8', data: values, scales: { ...channels, data: scales } }
}

/** 0 for a channel of zeros. */
function scalesOf(data: Float32Array, period: Uint32Array, count: number): Float32Array {
  const largest = new Float32Array(count)
  for (let i = 0, at = 0; i < data.length; i++) {
    const channel = period[at]!
    largest[channel] = Math.max(largest[channel]!, Math.abs(data[i]!))
    if (++at === period.length) at = 0
  }
  return largest.map(value => (value === 0 ? 0 : Math.max(value / MOST, SMALLEST)))
}

/** Only the scale of a channel of subnormal numbers is so inexact that a value exceeds the range. */
function clamp(value: number): number {
  return Math.max(-MOST, Math.min(MOST, value))
}

function measure(
  { data: before }: FloatTensor,
  after: QuantizedTensor,
  report: Required<RoundingReport>,
): void {
  const { data: values } = dequantize(after)
  const period = channelPeriod(after.shape, after.scales)
  for (let i = 0, at = 0; i < values.length; i++) {
    const error = Math.abs(before[i]! - values[i]!)
    if (error !== 0) {
      report.maxAbsoluteError = Math.max(report.maxAbsoluteError, error)
      report.maxErrorInScales = Math.max(report.maxErrorInScales, error / after.scales.data[period[at]!]!)
      if (values[i] === 0) report.changedZeros++
    }
    if (++at === period.length) at = 0
  }
}
