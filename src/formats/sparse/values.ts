import { type NamedTensor, TYPED_ARRAYS } from '#formats/named-tensor.ts'
import { isQuantized, type QuantizedTensor } from './scales.ts'

/**
 * The dtypes that can be sparse. Encodings work on 32 bits: those of a float32, of which a bfloat16 is the upper half, or an int8 in the
 * lowest byte.
 */
export type SparseDtype = 'F32' | 'BF16' | 'I8'
export type SparseTensor = NamedTensor & { dtype: SparseDtype }

/** Whether a tensor can be stored without its zeros: int8 only with scales. */
export function isSparse(
  tensor: NamedTensor,
): tensor is (NamedTensor & { dtype: 'F32' | 'BF16' }) | QuantizedTensor {
  return tensor.dtype === 'F32' || tensor.dtype === 'BF16' || isQuantized(tensor)
}

export function bytesPerValue(dtype: SparseDtype): number {
  return TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT
}

/** A tensor's elements as bits; for a float32 tensor, a view. */
export function toBits({ dtype, data }: SparseTensor): Uint32Array {
  if (dtype === 'F32') return new Uint32Array(data.buffer, data.byteOffset, data.length)
  if (dtype === 'I8') return new Uint32Array(new Uint8Array(data.buffer, data.byteOffset, data.length))
  const bits = new Uint32Array(data.length)
  for (let i = 0; i < bits.length; i++) bits[i] = data[i]! << 16
  return bits
}

/** Bits as elements of a dtype. */
export function fromBits(dtype: SparseDtype, bits: Uint32Array): SparseTensor['data'] {
  if (dtype === 'F32') return new Float32Array(bits.buffer, bits.byteOffset, bits.length)
  if (dtype === 'I8') return new Int8Array(bits)
  const halves = new Uint16Array(bits.length)
  for (let i = 0; i < halves.length; i++) halves[i] = bits[i]! >>> 16
  return halves
}
