import { z } from 'zod'
import { elementCount } from '#domain/shape.ts'
import { FormatError } from './format-error.ts'
import { type Dtype, type NamedTensor, TYPED_ARRAYS } from './named-tensor.ts'
import { decodeSafetensors, encodeSafetensors, safetensorsSizeBytes, type TensorFile } from './safetensors.ts'
import type { Metadata, TensorDescription } from './safetensors-header.ts'
import { bitmask } from './sparse/bitmask.ts'
import { countNonzero, type Encoding, type NonzeroCount, type Places } from './sparse/encoding.ts'
import { gaps } from './sparse/gaps.ts'
import { indices } from './sparse/indices.ts'

const VERSION = '1'

/** A small file may honestly stand for many zeros, so only a limit keeps a lying one from taking all memory. */
const MAX_DENSE_BYTES = 2 ** 32

/** Where two take the same space, the first is chosen. */
const ENCODINGS = { bitmask, gaps, indices } satisfies Record<string, Encoding>
type EncodingName = keyof typeof ENCODINGS

/** A value of the `sparse.tensors` map. */
const SparseTensor = z.strictObject({
  shape: z.array(z.int().nonnegative()),
  encoding: z.enum(Object.keys(ENCODINGS) as EncodingName[]),
})
type SparseTensors = [name: string, tensor: z.infer<typeof SparseTensor>][]

/** How a tensor will be stored; enough to know the size of the file. */
type Plan =
  | { tensor: NamedTensor; encoding: 'dense' }
  | { tensor: NamedTensor & { dtype: 'F32' }; encoding: EncodingName; count: NonzeroCount }

/**
 * Writes tensors without their zeros, as docs/sparse-safetensors.md specifies: a legal safetensors file whose bytes
 * depend on tensors and metadata alone. Float32 tensors are made sparse; every other dtype stays dense.
 *
 * @throws FormatError as `encodeSafetensors` does
 */
export function encodeSparseSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Metadata = {},
): Uint8Array<ArrayBuffer> {
  const plans = tensors.map(planTensor)
  return encodeSafetensors(plans.flatMap(encodeTensor), addMap(metadata, plans))
}

/** The exact size of `encodeSparseSafetensors`'s answer for the price of one pass that counts: no copies are made. */
export function sparseSizeBytes(tensors: readonly NamedTensor[], metadata: Metadata = {}): number {
  const plans = tensors.map(planTensor)
  return safetensorsSizeBytes(plans.flatMap(describeStored), addMap(metadata, plans))
}

/**
 * Reads what `encodeSparseSafetensors` wrote: the dense tensors, sorted by name, and the metadata its caller gave.
 * Tensors that were stored dense are views into `bytes`.
 *
 * @throws FormatError, also when the sparse tensors together would take more than `maxDenseBytes`
 */
export function decodeSparseSafetensors(bytes: Uint8Array, maxDenseBytes = MAX_DENSE_BYTES): TensorFile {
  const file = decodeSafetensors(bytes)
  const { 'sparse.version': version, 'sparse.tensors': map, ...metadata } = file.metadata
  if (version !== VERSION) throw new FormatError(`sparse.version is ${version}; this reader knows ${VERSION}`)
  const sparse = parseMap(map)
  checkBudget(sparse, maxDenseBytes)
  const tensors = new Map(file.tensors.map(tensor => [tensor.name, tensor]))
  for (const [name, { shape, encoding }] of sparse) {
    const values = take(tensors, `${name}.values`, 'F32')
    const places = take(tensors, `${name}.${encoding}`, ENCODINGS[encoding].dtype)
    if (tensors.has(name)) throw new FormatError(`tensor "${name}" is there twice, dense and sparse`)
    const data = new Float32Array(elementCount(shape))
    ENCODINGS[encoding].decode(places as Places, bitsOf(values as Float32Array), bitsOf(data))
    tensors.set(name, { name, shape, dtype: 'F32', data })
  }
  return { tensors: [...tensors.values()].sort(compareNames), metadata }
}

function planTensor(tensor: NamedTensor): Plan {
  if (tensor.dtype !== 'F32') return { tensor, encoding: 'dense' }
  const count = countNonzero(bitsOf(tensor.data))
  if (count.nonzero * 100 > count.size * 97) return { tensor, encoding: 'dense' }
  const names = Object.keys(ENCODINGS) as EncodingName[]
  const encoding = names.reduce((best, next) =>
    storedBytes(next, count) < storedBytes(best, count) ? next : best,
  )
  return { tensor, encoding, count }
}

function storedBytes(encoding: EncodingName, count: NonzeroCount): number {
  const { dtype, valueCount, placeCount } = ENCODINGS[encoding]
  return 4 * valueCount(count) + (dtype === 'I32' ? 4 : 1) * placeCount(count)
}

function describeStored(plan: Plan): TensorDescription[] {
  if (plan.encoding === 'dense') return [plan.tensor]
  const { dtype, valueCount, placeCount } = ENCODINGS[plan.encoding]
  const { name } = plan.tensor
  return [
    { name: `${name}.values`, dtype: 'F32', shape: [valueCount(plan.count)] },
    { name: `${name}.${plan.encoding}`, dtype, shape: [placeCount(plan.count)] },
  ]
}

function encodeTensor(plan: Plan): NamedTensor[] {
  if (plan.encoding === 'dense') return [plan.tensor]
  const stored = describeStored(plan).map(allocate)
  const [values, places] = stored.map(({ data }) => data) as [Float32Array, Places]
  ENCODINGS[plan.encoding].encode(bitsOf(plan.tensor.data), bitsOf(values), places)
  return stored
}

function allocate(description: TensorDescription): NamedTensor {
  const { dtype, shape } = description
  return { ...description, data: new TYPED_ARRAYS[dtype](elementCount(shape)) } as NamedTensor
}

function addMap(metadata: Metadata, plans: readonly Plan[]): Metadata {
  const sparse = plans
    .filter(plan => plan.encoding !== 'dense')
    .sort((a, b) => compareNames(a.tensor, b.tensor))
    .map(({ tensor, encoding }) => [tensor.name, { shape: tensor.shape, encoding }] as const)
  return {
    ...metadata,
    'sparse.version': VERSION,
    'sparse.tensors': JSON.stringify(Object.fromEntries(sparse)),
  }
}

function parseMap(json: string | undefined): SparseTensors {
  try {
    const map: Record<string, unknown> = JSON.parse(json ?? 'null')
    return Object.entries(map).map(([name, tensor]) => [name, SparseTensor.parse(tensor)])
  } catch (cause) {
    throw new FormatError('sparse.tensors must be JSON: shape and encoding by tensor name', { cause })
  }
}

function checkBudget(sparse: SparseTensors, maxDenseBytes: number): void {
  const sizes = sparse.map(([, { shape }]) => elementCount(shape) * Float32Array.BYTES_PER_ELEMENT)
  const total = sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0)
  if (!(total <= maxDenseBytes)) {
    throw new FormatError(`the tensors claim ${total} bytes of values; the limit is ${maxDenseBytes}`)
  }
}

/** Removes and returns the data of a stored tensor that the map asks for. */
function take(tensors: Map<string, NamedTensor>, name: string, dtype: Dtype): NamedTensor['data'] {
  const tensor = tensors.get(name)
  if (tensor?.dtype !== dtype) throw new FormatError(`sparse.tensors needs "${name}" of dtype ${dtype}`)
  tensors.delete(name)
  return tensor.data
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length)
}

function compareNames(a: NamedTensor, b: NamedTensor): number {
  return a.name < b.name ? -1 : Number(a.name > b.name)
}
