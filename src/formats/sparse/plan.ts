import type { NamedTensor } from '#formats/named-tensor.ts'
import type { TensorDescription } from '#formats/safetensors-header.ts'
import { bitmask } from './bitmask.ts'
import { countNonzero, type Encoding, type NonzeroCount } from './encoding.ts'
import { gaps } from './gaps.ts'
import { indices } from './indices.ts'
import type { Scales } from './scales.ts'
import { bytesPerValue, isSparse, type SparseDtype, type SparseTensor, toBits } from './values.ts'

/** If two have the same size, the first is chosen. */
export const ENCODINGS = { bitmask, gaps, indices } satisfies Record<string, Encoding>
export type EncodingName = keyof typeof ENCODINGS
export const ENCODING_NAMES = Object.keys(ENCODINGS) as EncodingName[]

/** How a tensor will be stored, which determines the size of the file. */
export type EncodingPlan =
  | { tensor: NamedTensor; encoding: 'dense' }
  | { tensor: SparseTensor & { scales?: Scales }; encoding: EncodingName; count: NonzeroCount }

/** What determines the size of a stored tensor. */
export type StoragePlan =
  | { tensor: TensorDescription; encoding: 'dense' }
  | {
      tensor: TensorDescription & { dtype: SparseDtype; scales?: Pick<Scales, 'axis' | 'shape'> }
      encoding: EncodingName
      count: NonzeroCount
    }

/**
 * The smallest way to store a tensor. A float32 or bfloat16 tensor of more than 97 % non-zeros stays dense, as do all of other dtypes; int8
 * with scales never does.
 */
export function planTensor(tensor: NamedTensor): EncodingPlan {
  if (!isSparse(tensor)) return { tensor, encoding: 'dense' }
  const count = countNonzero(toBits(tensor))
  const encoding = smallestEncoding(count, tensor.dtype)
  return encoding === 'dense' ? { tensor, encoding } : { tensor, encoding, count }
}

/** The same for a float32 tensor of which only the counts are known. */
export function planCounts(name: string, shape: readonly number[], count: NonzeroCount): StoragePlan {
  const tensor = { name, shape, dtype: 'F32' } as const
  const encoding = smallestEncoding(count, 'F32')
  return encoding === 'dense' ? { tensor, encoding } : { tensor, encoding, count }
}

function smallestEncoding(count: NonzeroCount, dtype: SparseDtype): EncodingName | 'dense' {
  if (dtype !== 'I8' && count.nonzero * 100 > count.size * 97) return 'dense'
  return ENCODING_NAMES.reduce((best, next) =>
    storedBytes(next, count, dtype) < storedBytes(best, count, dtype) ? next : best,
  )
}

function storedBytes(encoding: EncodingName, count: NonzeroCount, valueDtype: SparseDtype): number {
  const { dtype, valueCount, placeCount } = ENCODINGS[encoding]
  return bytesPerValue(valueDtype) * valueCount(count) + (dtype === 'I32' ? 4 : 1) * placeCount(count)
}

/** The tensors of the file that store the planned one: the tensor itself, or its values, their indices and, if there are any, its scales. */
export function describeStored(plan: StoragePlan): TensorDescription[] {
  if (plan.encoding === 'dense') return [plan.tensor]
  const { dtype, valueCount, placeCount } = ENCODINGS[plan.encoding]
  const { name, dtype: valueDtype, scales } = plan.tensor
  return [
    { name: `${name}.values`, dtype: valueDtype, shape: [valueCount(plan.count)] },
    { name: `${name}.${plan.encoding}`, dtype, shape: [placeCount(plan.count)] },
    ...(scales ? [{ name: `${name}.scales`, dtype: 'F32' as const, shape: scales.shape }] : []),
  ]
}
