import { ModelError } from '../model-error.ts'
import type { StoredTensor } from './safetensors.ts'

/** The values of stored weights as float32; a view into the file where its alignment allows. @throws ModelError */
export function decodeValues({ dtype, bytes }: StoredTensor, name: string): Float32Array {
  switch (dtype) {
    case 'F32': {
      const { buffer, byteOffset, length } = aligned(bytes, 4)
      return new Float32Array(buffer, byteOffset, length / 4)
    }
    case 'BF16': {
      const { buffer, byteOffset, length } = aligned(bytes, 2)
      const halves = new Uint16Array(buffer, byteOffset, length / 2)
      // A bfloat16 is the upper half of a float32.
      return new Float32Array(Uint32Array.from(halves, half => half << 16).buffer)
    }
  }
  throw new ModelError(`tensor "${name}" is ${dtype}; weights are F32 or BF16`)
}

/** The integers of quantized weights. @throws ModelError */
export function decodeIntegers({ dtype, bytes }: StoredTensor, name: string): Float32Array {
  if (dtype !== 'I8')
    throw new ModelError(`tensor "${name}" has scales, so its values must be I8, not ${dtype}`)
  return new Float32Array(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length))
}

/** The same bytes, copied unless they begin at a multiple of `itemBytes`. */
export function aligned(bytes: Uint8Array, itemBytes: number): Uint8Array {
  return bytes.byteOffset % itemBytes === 0 ? bytes : bytes.slice()
}
