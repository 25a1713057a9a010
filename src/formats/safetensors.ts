import { elementCount } from '#network/shape.ts'
import { FormatError } from './format-error.ts'
import { checkTensors, type NamedTensor, TYPED_ARRAYS } from './named-tensor.ts'
import {
  decodeHeader,
  encodeHeader,
  layOut,
  type Metadata,
  type TensorDescription,
  type TensorEntry,
} from './safetensors-header.ts'

export type { Metadata } from './safetensors-header.ts'

export interface TensorFile {
  tensors: NamedTensor[]
  metadata: Metadata
}

/**
 * Writes a safetensors file (https://github.com/huggingface/safetensors, "Format"). The bytes depend on the tensors
 * and the metadata only, not on the order of the arguments.
 *
 * @throws FormatError if two tensors have the same name, a name is reserved, or a tensor does not fill its shape
 */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Metadata = {},
): Uint8Array<ArrayBuffer> {
  checkTensors(tensors)
  const { file, views } = allocateSafetensors(tensors, metadata)
  for (const { name, data } of tensors) copyValues(data, views.get(name)!)
  return file
}

/**
 * A file whose values are zeros until they are written through `views` (by name), so that a writer that computes them needs no further
 * memory.
 * @throws FormatError if two tensors have the same name or a name is reserved
 */
export function allocateSafetensors(tensors: readonly TensorDescription[], metadata: Metadata) {
  const entries = layOut(tensors)
  const header = encodeHeader(entries, metadata)
  const file = new Uint8Array(header.length + dataBytes(entries))
  file.set(header)
  const views = new Map(entries.map(entry => [entry.name, viewOf(file, header.length, entry).data]))
  if (views.size < tensors.length || views.has('__metadata__')) {
    throw new FormatError('two tensors would be stored under the same name')
  }
  return { file, views }
}

/** The size of the file that `allocateSafetensors` makes. */
export function safetensorsSizeBytes(tensors: readonly TensorDescription[], metadata: Metadata): number {
  const entries = layOut(tensors)
  return encodeHeader(entries, metadata).length + dataBytes(entries)
}

/** Copies bytes, which keeps the payload of a NaN. */
export function copyValues(from: NamedTensor['data'], to: NamedTensor['data']): void {
  bytesOf(to).set(bytesOf(from))
}

/**
 * Reads a safetensors file. Tensors are in file order, and views into `bytes` where alignment allows, so that reading needs hardly any
 * memory, whatever sizes the header declares.
 * @throws FormatError
 */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  const { headerBytes, entries, metadata } = decodeHeader(bytes)
  return { tensors: entries.map(entry => viewOf(bytes, headerBytes, entry)), metadata }
}

function viewOf(bytes: Uint8Array, headerBytes: number, entry: TensorEntry): NamedTensor {
  const { name, dtype, shape, begin, end } = entry
  const TypedArray = TYPED_ARRAYS[dtype]
  const offset = bytes.byteOffset + headerBytes + begin
  const data =
    offset % TypedArray.BYTES_PER_ELEMENT === 0
      ? new TypedArray(bytes.buffer as ArrayBuffer, offset, elementCount(shape))
      : new TypedArray(bytes.buffer.slice(offset, offset + end - begin) as ArrayBuffer)
  return { name, dtype, shape, data } as NamedTensor
}

function bytesOf({ buffer, byteOffset, byteLength }: NamedTensor['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function dataBytes(entries: readonly TensorEntry[]): number {
  return entries.at(-1)?.end ?? 0
}
