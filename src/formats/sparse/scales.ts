import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { elementCount } from '#network/shape.ts'

/** One float32 for each channel of a tensor, by which the int8 values of the channel are multiplied. */
export interface Scales {
  /** The first of the consecutive axes of the tensor that number its channels. */
  axis: number
  /** The lengths of these axes. */
  shape: readonly number[]
  data: Float32Array
}

/** A tensor whose elements are int8 times scale. */
export type QuantizedTensor = NamedTensor & { dtype: 'I8'; scales: Scales }

export function isQuantized(tensor: NamedTensor): tensor is QuantizedTensor {
  return tensor.dtype === 'I8' && 'scales' in tensor
}

/** The channel of each of the first elements of a tensor; those of the others repeat them. */
export function channelPeriod(
  shape: readonly number[],
  { axis, shape: channels }: Pick<Scales, 'axis' | 'shape'>,
): Uint32Array {
  const run = elementCount(shape.slice(axis + channels.length))
  return Uint32Array.from({ length: elementCount(channels) * run }, (_, i) => Math.floor(i / run))
}

/** The float32 values that a tensor stands for. */
export function dequantize({ name, shape, data, scales }: QuantizedTensor): FloatTensor {
  const period = Float32Array.from(channelPeriod(shape, scales), channel => scales.data[channel]!)
  const values = new Float32Array(data.length)
  for (let i = 0, at = 0; i < values.length; i++) {
    values[i] = data[i]! * period[at]!
    if (++at === period.length) at = 0
  }
  return { name, shape, dtype: 'F32', data: values }
}
