import { elementCount } from '#domain/shape.ts'
import { FormatError } from './format-error.ts'
import { type NamedTensor, TYPED_ARRAYS } from './named-tensor.ts'
import { decodeHeader, encodeHeader, layOut, type Metadata, type TensorEntry } from './safetensors-header.ts'

export type { Metadata } from './safetensors-header.ts'

export interface TensorFile {
  tensors: NamedTensor[]
  metadata: Metadata
}

/**
 * Writes a safetensors file (https://github.com/huggingface/safetensors, "Format"). The bytes depend on the tensors
 * and the metadata alone, not on the order they come in.
 *
 * @throws FormatError when two tensors share a name, or data and shape disagree
 */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Metadata = {},
): Uint8Array<ArrayBuffer> {
  const byName = new Map(tensors.map(tensor => [tensor.name, tensor]))
  if (byName.size < tensors.length || byName.has('__metadata__')) {
    throw new FormatError('tensor names must be unique, and __metadata__ is not one')
  }
  tensors.forEach(checkLength)
  const entries = layOut(tensors)
  const header = encodeHeader(entries, metadata)
  const file = new Uint8Array(header.length + (entries.at(-1)?.end ?? 0))
  file.set(header)
  for (const { name, begin } of entries) {
    const { buffer, byteOffset, byteLength } = byName.get(name)!.data
    file.set(new Uint8Array(buffer, byteOffset, byteLength), header.length + begin)
  }
  return file
}

/** The size of `encodeSafetensors`'s answer, without making it; needs no data. */
export function safetensorsSizeBytes(
  tensors: readonly Omit<NamedTensor, 'data'>[],
  metadata: Metadata = {},
): number {
  const entries = layOut(tensors)
  return encodeHeader(entries, metadata).length + (entries.at(-1)?.end ?? 0)
}

/**
 * Reads a safetensors file. Tensors come in file order and are views into `bytes` where alignment allows, so reading
 * takes no memory of its own to speak of, whatever the header claims.
 *
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

function checkLength({ name, shape, data }: NamedTensor): void {
  if (data.length !== elementCount(shape)) {
    throw new FormatError(`tensor "${name}" has shape [${shape}] but ${data.length} values`)
  }
}
