import { z } from 'zod'
import { elementCount } from '#network/shape.ts'
import { FormatError } from './format-error.ts'
import { checkTensors, type Dtype, type NamedTensor } from './named-tensor.ts'
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
import { dequantize, type QuantizedTensor, type Scales } from './sparse/scales.ts'
import { fromBits, type SparseTensor, toBits } from './sparse/values.ts'

/** Of a file without scales, and of one with scales, which a reader of the first must refuse. */
const PLAIN = '1'
const SCALED = '2'

/** A small valid file may represent very many zeros, so a limit is needed to keep a malicious file from using all memory. */
const MAX_DENSE_BYTES = 2 ** 32

/** A value of the `sparse.tensors` map. */
const SparseEntry = z.strictObject({
  shape: z.array(z.int().nonnegative()),
  encoding: z.enum(ENCODING_NAMES),
  scaleAxis: z.int().nonnegative().optional(),
})
type SparseEntries = [name: string, entry: z.infer<typeof SparseEntry>][]

/**
 * Writes tensors without their zeros, as docs/sparse-safetensors.md specifies: a legal safetensors file whose bytes
 * depend on tensors and metadata only. Float32, bfloat16 and quantized tensors are made sparse; every other dtype stays dense.
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

/** The same with all values as planes of bytes, for a file that will be compressed. @throws FormatError if values have several dtypes, or are int8 */
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
 * Reads a file of `encodeSparseSafetensors`: the dense tensors, sorted by name, and the caller's metadata. Quantized tensors are returned
 * as the float32 values that they stand for. Tensors that were stored dense are views into `bytes`.
 *
 * @throws FormatError, also if the sparse tensors together would take more than `maxDenseBytes`
 */
export function decodeSparseSafetensors(bytes: Uint8Array, maxDenseBytes = MAX_DENSE_BYTES): TensorFile {
  const file = decodeSafetensors(bytes)
  const { 'sparse.version': version, 'sparse.tensors': map, ...metadata } = file.metadata
  if (version !== PLAIN && version !== SCALED)
    throw new FormatError(`sparse.version is ${version}; this reader knows ${PLAIN} and ${SCALED}`)
  const sparse = parseMap(map)
  if (version === PLAIN && sparse.some(([, { scaleAxis }]) => scaleAxis !== undefined))
    throw new FormatError(
      `sparse.tensors has a scaleAxis, which files of sparse.version ${PLAIN} do not have`,
    )
  checkBudget(sparse, maxDenseBytes)
  const tensors = new Map(splitPlanes(file.tensors, sparse).map(tensor => [tensor.name, tensor]))
  for (const [name, { shape, encoding, scaleAxis }] of sparse) {
    const dtypes = scaleAxis === undefined ? (['F32', 'BF16'] as const) : (['I8'] as const)
    const values = take(tensors, `${name}.values`, dtypes)
    const places = take(tensors, `${name}.${encoding}`, [ENCODINGS[encoding].dtype])
    const scales = scaleAxis === undefined ? undefined : takeScales(tensors, name, shape, scaleAxis)
    if (tensors.has(name)) throw new FormatError(`tensor "${name}" is stored twice, dense and sparse`)
    const bits = new Uint32Array(elementCount(shape))
    ENCODINGS[encoding].decode(places.data as Places, toBits(values), bits)
    const { dtype } = values
    const tensor = { name, shape, dtype, data: fromBits(dtype, bits) } as SparseTensor
    tensors.set(name, scales ? dequantize({ ...tensor, scales } as QuantizedTensor) : tensor)
  }
  return { tensors: [...tensors.values()].sort(compareNames), metadata }
}

function fill(views: Map<string, NamedTensor['data']>, plan: EncodingPlan): void {
  const [stored, places, scales] = describeStored(plan).map(({ name }) => views.get(name)!)
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
  if (scales) copyValues(plan.tensor.scales!.data, scales)
}

function addMap(metadata: Metadata, plans: readonly StoragePlan[]): Metadata {
  const sparse = plans
    .filter(plan => plan.encoding !== 'dense')
    .sort((a, b) => compareNames(a.tensor, b.tensor))
  const map = sparse.map(({ tensor: { name, shape, scales }, encoding }) => [
    name,
    { shape, encoding, ...(scales && { scaleAxis: scales.axis }) },
  ])
  return {
    ...metadata,
    'sparse.version': sparse.some(({ tensor }) => tensor.scales) ? SCALED : PLAIN,
    'sparse.tensors': JSON.stringify(Object.fromEntries(map)),
  }
}

function parseMap(json: string | undefined): SparseEntries {
  try {
    const map: Record<string, unknown> = JSON.parse(json ?? 'null')
    return Object.entries(map).map(([name, entry]) => [name, SparseEntry.parse(entry)])
  } catch (cause) {
    throw new FormatError('sparse.tensors must be JSON: shape and encoding by tensor name', { cause })
  }
}

function checkBudget(sparse: SparseEntries, maxDenseBytes: number): void {
  const sizes = sparse.map(([, { shape }]) => elementCount(shape) * Float32Array.BYTES_PER_ELEMENT)
  const total = sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0)
  if (!(total <= maxDenseBytes)) {
    throw new FormatError(`the tensors declare ${total} bytes of values; the limit is ${maxDenseBytes}`)
  }
}

/** Removes and returns a stored part of a tensor. @throws FormatError unless it exists and has one of the dtypes */
function take<D extends Dtype>(
  tensors: Map<string, NamedTensor>,
  name: string,
  dtypes: readonly D[],
): Extract<NamedTensor, { dtype: D }> {
  const tensor = tensors.get(name)
  if (!tensor || !dtypes.some(dtype => dtype === tensor.dtype))
    throw new FormatError(`the file needs "${name}" of dtype ${dtypes.join(' or ')}`)
  tensors.delete(name)
  return tensor as Extract<NamedTensor, { dtype: D }>
}

/** @throws FormatError unless there is a finite scale for each channel */
function takeScales(
  tensors: Map<string, NamedTensor>,
  name: string,
  shape: readonly number[],
  axis: number,
): Scales {
  const scales = take(tensors, `${name}.scales`, ['F32'])
  const channels = shape.slice(axis, axis + scales.shape.length)
  if (String(scales.shape) !== String(channels))
    throw new FormatError(
      `"${name}.scales" has shape [${scales.shape}], but the axes of [${shape}] from ${axis} on are [${channels}]`,
    )
  if (!scales.data.every(scale => scale >= 0 && Number.isFinite(scale)))
    throw new FormatError(`"${name}.scales" must be finite and not negative`)
  return { axis, shape: channels, data: scales.data }
}

function compareNames(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name)
}
