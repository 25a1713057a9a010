import type { NamedTensor } from '#formats/named-tensor.ts'

/** The dtypes that can be sparse. Encodings work on the bits of float32; a bfloat16 is the upper half of a float32. */
export type SparseDtype = 'F32' | 'BF16'
export type FloatTensor = NamedTensor & { dtype: SparseDtype }

export function isFloat(tensor: NamedTensor): tensor is FloatTensor {
  return tensor.dtype === 'F32' || tensor.dtype === 'BF16'
}

export function bytesPerValue(dtype: SparseDtype): 2 | 4 {
  return dtype === 'F32' ? 4 : 2
}

/** A tensor's elements as bits of float32; for a float32 tensor, a view. */
export function toBits({ dtype, data }: FloatTensor): Uint32Array {
  if (dtype === 'F32') return new Uint32Array(data.buffer, data.byteOffset, data.length)
  const bits = new Uint32Array(data.length)
  for (let i = 0; i < bits.length; i++) bits[i] = data[i]! << 16
  return bits
}

/** Bits of float32 as elements of a dtype. */
export function fromBits(dtype: SparseDtype, bits: Uint32Array): FloatTensor['data'] {
  if (dtype === 'F32') return new Float32Array(bits.buffer, bits.byteOffset, bits.length)
  const halves = new Uint16Array(bits.length)
  for (let i = 0; i < halves.length; i++) halves[i] = bits[i]! >>> 16
  return halves
}
