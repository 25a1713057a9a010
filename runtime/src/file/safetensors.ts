import { ModelError } from '../model-error.ts'
import { elementCount } from '../shape.ts'
import { isLengths, isObject, parseJson } from './json.ts'

/** A tensor as it is stored; `bytes` is a view into the file. */
export interface StoredTensor {
  dtype: string
  shape: readonly number[]
  bytes: Uint8Array
}

export interface SafetensorsFile {
  tensors: ReadonlyMap<string, StoredTensor>
  metadata: ReadonlyMap<string, string>
}

interface Entry {
  name: string
  dtype: string
  shape: readonly number[]
  begin: number
  end: number
}

const LENGTH_BYTES = 8
/** Several times the header of a network with 1000 layers. */
const MAX_HEADER_BYTES = 16_000_000
const ITEM_BYTES: ReadonlyMap<unknown, number> = new Map([
  ...['F64', 'I64', 'U64'].map(dtype => [dtype, 8] as const),
  ...['F32', 'I32', 'U32'].map(dtype => [dtype, 4] as const),
  ...['F16', 'BF16', 'I16', 'U16'].map(dtype => [dtype, 2] as const),
  ...['I8', 'U8', 'BOOL'].map(dtype => [dtype, 1] as const),
])

/**
 * Reads a safetensors file (https://github.com/huggingface/safetensors, "Format"). Its tensors cover the bytes after the header without
 * holes and overlaps. Nothing is copied. @throws ModelError
 */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const begin = LENGTH_BYTES + headerBytes(file)
  const header = parseHeader(file.subarray(LENGTH_BYTES, begin))
  const data = file.subarray(begin)
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, json]) => parseEntry(name, json))
  checkCoverage(entries, data.length)
  const tensors = entries.map(
    ({ name, dtype, shape, begin, end }) =>
      [name, { dtype, shape, bytes: data.subarray(begin, end) }] as const,
  )
  return { tensors: new Map(tensors), metadata: parseMetadata(header.__metadata__) }
}

function headerBytes(file: Uint8Array): number {
  const available = file.length - LENGTH_BYTES
  if (available < 2) throw new ModelError(`a file of ${file.length} bytes is not a safetensors file`)
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  if (length <= Math.min(available, MAX_HEADER_BYTES)) return length
  if (length <= MAX_HEADER_BYTES)
    throw new ModelError(
      `the file is truncated: its header takes ${length} bytes, but only ${available} follow`,
    )
  throw new ModelError(
    `this is not a safetensors file of Thresher: the header would take ${length} bytes; the limit is ${MAX_HEADER_BYTES}`,
  )
}

function parseHeader(bytes: Uint8Array) {
  const header = parseJson(new TextDecoder().decode(bytes), 'the header of the safetensors file')
  if (!isObject(header)) throw new ModelError('the header of the safetensors file must be an object')
  return header
}

function parseMetadata(json: unknown): Map<string, string> {
  const metadata = isObject(json) ? Object.entries(json) : []
  for (const [key, value] of metadata)
    if (typeof value !== 'string')
      throw new ModelError(`the metadata of the file must be text, but ${key} is not`)
  return new Map(metadata as [string, string][])
}

function parseEntry(name: string, json: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isObject(json) ? json : {}
  const itemBytes = ITEM_BYTES.get(dtype)
  if (itemBytes === undefined || !isLengths(shape) || !isLengths(offsets) || offsets.length !== 2)
    throw new ModelError(`tensor "${name}" must have a known dtype, a shape and two offsets`)
  const [begin, end] = offsets as [number, number]
  const expected = elementCount(shape) * itemBytes
  if (end - begin !== expected)
    throw new ModelError(
      `tensor "${name}" is ${dtype} [${shape}], which takes ${expected} bytes, but its offsets span ${end - begin}`,
    )
  return { name, dtype: dtype as string, shape, begin, end }
}

function checkCoverage(entries: Entry[], dataBytes: number): void {
  // An empty tensor has the offsets of the next one: comparing `end` puts it first.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let covered = 0
  for (const { name, begin, end } of entries) {
    if (begin !== covered)
      throw new ModelError(`tensor "${name}" begins at byte ${begin} instead of ${covered}`)
    covered = end
  }
  if (covered > dataBytes)
    throw new ModelError(`the file is truncated: its tensors take ${covered} bytes, but it has ${dataBytes}`)
  if (covered < dataBytes)
    throw new ModelError(`the tensors take ${covered} bytes, but the file has ${dataBytes}`)
}
