import { z } from 'zod'
import { FormatError } from '#formats/format-error.ts'
import { halfToFloat } from '#formats/half-to-float.ts'
import { elementCount } from '#network/shape.ts'

/** The `quantization` of a tensor, as tensorflowjs_converter --quantize_uint8, --quantize_uint16 and --quantize_float16 write it. */
const Quantization = z.union([
  z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }),
  z.object({ dtype: z.literal('float16') }),
])

/** A tensor in the weightsManifest of TensorFlow.js. */
export const TfjsTensor = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: z.string(),
  quantization: Quantization.optional(),
})
export type TfjsTensor = z.infer<typeof TfjsTensor>

/** Bytes per stored element. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ['float32', 4],
  ['int32', 4],
  ['complex64', 8],
  ['bool', 1],
  ['uint8', 1],
  ['uint16', 2],
  ['float16', 2],
])

/** The size of a tensor in its shards, in bytes. @throws FormatError for a dtype without a fixed size */
export function storedBytes({ name, shape, dtype, quantization }: TfjsTensor): number {
  const stored = quantization?.dtype ?? dtype
  const size = SIZES.get(stored)
  if (size === undefined) throw new FormatError(`${name} has dtype ${stored}, which has no fixed size`)
  return size * elementCount(shape)
}

/**
 * A tensor's values; quantized values are converted to value * scale + min. @param bytes of the tensor @throws FormatError unless it is
 * float32
 */
export function readTfjsTensor({ name, dtype, quantization }: TfjsTensor, bytes: Uint8Array): Float32Array {
  if (dtype !== 'float32') throw new FormatError(`${name} has dtype ${dtype}; weights must be float32`)
  const { buffer } = Uint8Array.from(bytes)
  if (!quantization) return new Float32Array(buffer)
  if (quantization.dtype === 'float16') return Float32Array.from(new Uint16Array(buffer), halfToFloat)
  const { scale, min } = quantization
  const levels = quantization.dtype === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer)
  return Float32Array.from(levels, level => level * scale + min)
}
