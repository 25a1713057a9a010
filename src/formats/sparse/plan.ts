import type { NamedTensor } from '#formats/named-tensor.ts'
import type { TensorDescription } from '#formats/safetensors-header.ts'
import { bitmask } from './bitmask.ts'
import { bitsOf, countNonzero, type Encoding, type NonzeroCount } from './encoding.ts'
import { gaps } from './gaps.ts'
import { indices } from './indices.ts'

/** Where two take the same space, the first is chosen. */
export const ENCODINGS = { bitmask, gaps, indices } satisfies Record<string, Encoding>
export type EncodingName = keyof typeof ENCODINGS
export const ENCODING_NAMES = Object.keys(ENCODINGS) as EncodingName[]

/** How a tensor will be stored; enough to know the size of the file. */
export type Plan =
  | { tensor: NamedTensor; encoding: 'dense' }
  | { tensor: NamedTensor & { dtype: 'F32' }; encoding: EncodingName; count: NonzeroCount }

/** The smallest way to store a tensor; it stays dense above 97 % non-zeros, and unless it is float32. */
export function planTensor(tensor: NamedTensor): Plan {
  if (tensor.dtype !== 'F32') return { tensor, encoding: 'dense' }
  const count = countNonzero(bitsOf(tensor.data))
  if (count.nonzero * 100 > count.size * 97) return { tensor, encoding: 'dense' }
  const encoding = ENCODING_NAMES.reduce((best, next) =>
    storedBytes(next, count) < storedBytes(best, count) ? next : best,
  )
  return { tensor, encoding, count }
}

function storedBytes(encoding: EncodingName, count: NonzeroCount): number {
  const { dtype, valueCount, placeCount } = ENCODINGS[encoding]
  return 4 * valueCount(count) + (dtype === 'I32' ? 4 : 1) * placeCount(count)
}

/** The tensors of the file that hold the planned one: itself, or its values and then their places. */
export function describeStored(plan: Plan): TensorDescription[] {
  if (plan.encoding === 'dense') return [plan.tensor]
  const { dtype, valueCount, placeCount } = ENCODINGS[plan.encoding]
  const { name } = plan.tensor
  return [
    { name: `${name}.values`, dtype: 'F32', shape: [valueCount(plan.count)] },
    { name: `${name}.${plan.encoding}`, dtype, shape: [placeCount(plan.count)] },
  ]
}
