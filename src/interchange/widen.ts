import { FormatError } from '#formats/format-error.ts'
import { halfToFloat } from '#formats/half-to-float.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'

/** A tensor's values as float32. @throws FormatError for integers */
export function widen({ name, dtype, data }: NamedTensor): Float32Array {
  switch (dtype) {
    case 'F32':
      return data
    case 'F64':
      return Float32Array.from(data)
    case 'F16':
      return Float32Array.from(data, halfToFloat)
    case 'BF16': {
      const bits = Uint32Array.from(data, half => half << 16)
      return new Float32Array(bits.buffer)
    }
    default:
      throw new FormatError(`${name} has dtype ${dtype}; weights must be F32, F16, BF16 or F64`)
  }
}
