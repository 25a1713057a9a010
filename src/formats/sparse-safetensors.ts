import { z } from 'zod'
import { elementCount } from '#network/shape.ts'
import { FormatError } from './format-error.ts'
import { checkTensors, type NamedTensor } from './named-tensor.ts'
import {
  allocateSafetensors,
  copyValues,
  decodeSafetensors,
  encodeSafetensors,
  safetensorsSizeBytes,
  type TensorFile,
} from './safetensors.ts'
import type { Metadata } from './safetensors-header.ts'
import type { Places } from './sparse/encoding.ts'
import {
  describeStored,
  ENCODING_NAMES,
  ENCODINGS,
  type EncodingPlan,
  planTensor,
  type StoragePlan,
} from './sparse/plan.ts'
import { mergeValues, splitPlanes } from './sparse/planes.ts'
import { fromBits, isFloat, toBits } from './sparse/values.ts'

const VERSION = '1'

/** A small valid file may represent very many zeros, so a limit is needed to keep a malicious file from using all memory. */
const MAX_DENSE_BYTES = 2 ** 32

/** A value of the `sparse.tensors` map. */
const SparseTensor = z.strictObject({
  shape: z.array(z.int().nonnegative()),
  encoding: z.enum(ENCODING_NAMES),
})
type SparseTensors = [name: string, tensor: z.infer<typeof SparseTensor>][]

/**
 * Writes tensors without their zeros, as docs/sparse-safetensors.md specifies: a legal safetensors file whose bytes
 * depend on tensors and metadata only. Float32 and bfloat16 tensors are made sparse; every other dtype stays dense.
 *
 * @throws FormatError as `encodeSafetensors` does
 */
export function encodeSparseSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Metadata = {},
): Uint8Array<ArrayBuffer> {
  checkTensors(tensors)
  const plans = tensors.map(planTensor)
  const { file, views } = allocateSafetensors(plans.flatMap(describeStored), addMap(metadata, plans))
  for (const plan of plans) fill(views, plan)
  return file
}

/** The same with all values as planes of bytes, for a file that will be compressed. @throws FormatError */
export function encodeSparsePlanes(
  tensors: readonly NamedTensor[],
  metadata: Metadata = {},
): Uint8Array<ArrayBuffer> {
  const file = decodeSafetensors(encodeSparseSafetensors(tensors, metadata))
  return encodeSafetensors(
    mergeValues(file.tensors, parseMap(file.metadata['sparse.tensors'])),
    file.metadata,
  )
}

/** The exact size of the result of `encodeSparseSafetensors`, by one counting pass. */
export function sparseSizeBytes(tensors: readonly NamedTensor[], metadata: Metadata = {}): number {
  return sizeOfPlans(tensors.map(planTensor), metadata)
}

/** The size of the file for planned tensors. */
export function sizeOfPlans(plans: readonly StoragePlan[], metadata: Metadata): number {
  return safetensorsSizeBytes(plans.flatMap(describeStored), addMap(metadata, plans))
}

/**
 * Reads a file of `encodeSparseSafetensors`: the dense tensors, sorted by name, and the caller's metadata. Tensors that were stored
 * dense are views into `bytes`.
 *
 * @throws FormatError, also if the sparse tensors together would take more than `maxDenseBytes`
 */
export function decodeSparseSafetensors(bytes: Uint8Array, maxDenseBytes = MAX_DENSE_BYTES): TensorFile {
  const file = decodeSafetensors(bytes)
  const { 'sparse.version': version, 'sparse.tensors': map, ...metadata } = file.metadata
  if (version !== VERSION) throw new FormatError(`sparse.version is ${version}; this reader knows ${VERSION}`)
  const sparse = parseMap(map)
  checkBudget(sparse, maxDenseBytes)
  const tensors = new Map(splitPlanes(file.tensors, sparse).map(tensor => [tensor.name, tensor]))
  for (const [name, { shape, encoding }] of sparse) {
    const values = take(tensors, `${name}.values`)
    if (!values || !isFloat(values))
      throw new FormatError(`"${name}" needs "${name}.values" of dtype F32 or BF16`)
    const places = take(tensors, `${name}.${encoding}`)
    if (places?.dtype !== ENCODINGS[encoding].dtype)
      throw new FormatError(`"${name}" needs "${name}.${encoding}" of dtype ${ENCODINGS[encoding].dtype}`)
    if (tensors.has(name)) throw new FormatError(`tensor "${name}" is stored twice, dense and sparse`)
    const bits = new Uint32Array(elementCount(shape))
    ENCODINGS[encoding].decode(places.data as Places, toBits(values), bits)
    const { dtype } = values
    tensors.set(name, { name, shape, dtype, data: fromBits(dtype, bits) } as NamedTensor)
  }
  return { tensors: [...tensors.values()].sort(compareNames), metadata }
}

function fill(views: Map<string, NamedTensor['data']>, plan: EncodingPlan): void {
  const [stored, places] = describeStored(plan).map(({ name }) => views.get(name)!)
  if (plan.encoding === 'dense') {
    copyValues(plan.tensor.data, stored!)
    return
  }
  const { encode, valueCount } = ENCODINGS[plan.encoding]
  const { dtype } = plan.tensor
  const isInPlace = stored instanceof Float32Array
  const values = isInPlace
    ? toBits({ ...plan.tensor, dtype: 'F32', data: stored })
    : new Uint32Array(valueCount(plan.count))
  encode(toBits(plan.tensor), values, places as Places)
  if (!isInPlace) copyValues(fromBits(dtype, values), stored!)
}

function addMap(metadata: Metadata, plans: readonly StoragePlan[]): Metadata {
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
    throw new FormatError(`the tensors declare ${total} bytes of values; the limit is ${maxDenseBytes}`)
  }
}

/** Removes and returns a stored tensor. */
function take(tensors: Map<string, NamedTensor>, name: string): NamedTensor | undefined {
  const tensor = tensors.get(name)
  tensors.delete(name)
  return tensor
}

function compareNames(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name)
}
