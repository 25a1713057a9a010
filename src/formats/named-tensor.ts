import { elementCount } from '#network/shape.ts'
import { FormatError } from './format-error.ts'

interface ArrayOf {
  F64: Float64Array
  I64: BigInt64Array
  U64: BigUint64Array
  F32: Float32Array
  I32: Int32Array
  U32: Uint32Array
  I16: Int16Array
  U16: Uint16Array
  /** Half precision, as bits, because JavaScript has no such array. */
  F16: Uint16Array
  BF16: Uint16Array
  I8: Int8Array
  U8: Uint8Array
  BOOL: Uint8Array
}

/** An element type by its name in safetensors. */
export type Dtype = keyof ArrayOf

/** A tensor with a name, in row-major order. Every format in this folder reads and writes named tensors. */
export type NamedTensor = {
  [D in Dtype]: { name: string; shape: readonly number[]; dtype: D; data: ArrayOf[D] }
}[Dtype]

/** A variable's values. */
export type FloatTensor = NamedTensor & { dtype: 'F32' }

/** The typed array that holds each dtype. */
export const TYPED_ARRAYS = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const satisfies Record<Dtype, unknown>

/** @throws FormatError if two tensors have the same name, or if a tensor's data does not fill its shape */
export function checkTensors(tensors: readonly NamedTensor[]): void {
  const names = new Set<string>()
  for (const { name, shape, data } of tensors) {
    if (names.has(name)) throw new FormatError(`there are two tensors named "${name}"`)
    names.add(name)
    if (data.length !== elementCount(shape)) {
      throw new FormatError(`tensor "${name}" has shape [${shape}] but ${data.length} values`)
    }
  }
}
