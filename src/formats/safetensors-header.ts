import { z } from 'zod'
import { elementCount } from '#network/shape.ts'
import { FormatError } from './format-error.ts'
import { type Dtype, TYPED_ARRAYS } from './named-tensor.ts'

export type Metadata = Readonly<Record<string, string>>

export interface TensorDescription {
  name: string
  dtype: Dtype
  shape: readonly number[]
}

/** The position of a tensor, in bytes from the end of the header. */
export interface TensorEntry extends TensorDescription {
  begin: number
  end: number
}

/** The header of a safetensors file with the position of every tensor. */
export interface SafetensorsHeader {
  /** Bytes before the first tensor: the length field and the padded header. */
  headerBytes: number
  entries: TensorEntry[]
  metadata: Metadata
}

const LENGTH_BYTES = 8
/** The reference implementation's limit. */
const MAX_HEADER_BYTES = 100_000_000

const Entry = z.strictObject({
  dtype: z.enum(Object.keys(TYPED_ARRAYS) as Dtype[]),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
})

/** Orders tensors by descending alignment, then by name, so that each is aligned and equal tensors produce equal bytes. */
export function layOut(tensors: readonly TensorDescription[]): TensorEntry[] {
  let end = 0
  return tensors.toSorted(byAlignmentThenName).map(({ name, dtype, shape }) => {
    const begin = end
    end += elementCount(shape) * itemBytes(dtype)
    return { name, dtype, shape, begin, end }
  })
}

/** @returns the length field and the JSON header, padded with spaces to a multiple of 8 bytes. */
export function encodeHeader(entries: readonly TensorEntry[], metadata: Metadata): Uint8Array {
  const json = [['__metadata__', sortByKey(metadata)] as const, ...entries.map(toJsonEntry)]
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',')
  const text = new TextEncoder().encode(`{${json}}`)
  const header = new Uint8Array(LENGTH_BYTES + Math.ceil(text.length / 8) * 8).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - LENGTH_BYTES), true)
  header.set(text, LENGTH_BYTES)
  return header
}

/**
 * Reads and checks the header of a safetensors file of `sizeBytes`; `bytes` are the file or its beginning. Entries are in file order and
 * cover the rest of the file without holes or overlaps, as the reference implementation requires.
 *
 * @throws FormatError
 */
export function decodeHeader(bytes: Uint8Array, sizeBytes = bytes.length): SafetensorsHeader {
  const headerBytes = readHeaderBytes(bytes)
  const { __metadata__: metadata = {}, ...tensors } = parseObject(bytes.subarray(LENGTH_BYTES, headerBytes))
  const entries = Object.entries(tensors).map(parseEntry).sort(byOffset)
  checkCoverage(entries, sizeBytes - headerBytes)
  if (!isMetadata(metadata)) throw new FormatError('__metadata__ must map strings to strings')
  return { headerBytes, entries, metadata }
}

function isMetadata(json: unknown): json is Metadata {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false
  return Object.values(json).every(value => typeof value === 'string')
}

function readHeaderBytes(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new FormatError(
      `a safetensors file starts with 8 bytes of header length, but there are ${bytes.length}`,
    )
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const available = bytes.length - LENGTH_BYTES
  if (length > available || length > MAX_HEADER_BYTES) {
    throw new FormatError(
      `the safetensors header declares ${length} bytes; the file has ${available} after the length field`,
    )
  }
  return LENGTH_BYTES + length
}

function parseObject(text: Uint8Array): Record<string, unknown> {
  if (text[0] !== '{'.charCodeAt(0)) throw new FormatError('the safetensors header must start with {')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch (cause) {
    throw new FormatError('the safetensors header is not valid JSON', { cause })
  }
}

function parseEntry([name, json]: [string, unknown]): TensorEntry {
  const entry = Entry.safeParse(json)
  if (!entry.success) throw new FormatError(`tensor "${name}": ${whatIsWrong(entry.error)}`)
  const { dtype, shape } = entry.data
  const [begin, end] = entry.data.data_offsets
  const sizeBytes = elementCount(shape) * itemBytes(dtype)
  if (end - begin !== sizeBytes) {
    throw new FormatError(
      `tensor "${name}": ${dtype} [${shape}] takes ${sizeBytes} bytes, its offsets hold ${end - begin}`,
    )
  }
  return { name, dtype, shape, begin, end }
}

const RULES: Readonly<Record<string, string>> = {
  dtype: `\`dtype\` must be one of ${Object.keys(TYPED_ARRAYS).join(', ')}`,
  shape: '`shape` must be a list of whole numbers, 0 or more',
  data_offsets:
    '`data_offsets` must be two whole numbers, 0 or more: the first and the end offset of its bytes',
}

function whatIsWrong({ issues }: z.ZodError): string {
  const rule = RULES[String(issues[0]?.path[0])]
  return rule ?? 'it must be an object of `dtype`, `shape` and `data_offsets`, and nothing else'
}

function checkCoverage(entries: readonly TensorEntry[], dataBytes: number): void {
  let covered = 0
  for (const { name, begin, end } of entries) {
    if (begin < covered) throw new FormatError(`tensor "${name}" overlaps the one before it`)
    if (begin > covered) throw new FormatError(`bytes ${covered} to ${begin} belong to no tensor`)
    covered = end
  }
  if (covered !== dataBytes) {
    throw new FormatError(`the tensors take ${covered} bytes, the file has ${dataBytes} after its header`)
  }
}

// Not JSON.stringify of an object, which would move names like "0" to the front, out of the order of the data.
function toJsonEntry({ name, dtype, shape, begin, end }: TensorEntry) {
  return [name, { dtype, shape, data_offsets: [begin, end] }] as const
}

function sortByKey(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => compare(a, b)))
}

function byAlignmentThenName(a: TensorDescription, b: TensorDescription): number {
  return itemBytes(b.dtype) - itemBytes(a.dtype) || compare(a.name, b.name)
}

// An empty tensor has the same offset as the next tensor; comparing `end` puts it first.
function byOffset(a: TensorEntry, b: TensorEntry): number {
  return a.begin - b.begin || a.end - b.end
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function itemBytes(dtype: Dtype): number {
  return TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT
}
