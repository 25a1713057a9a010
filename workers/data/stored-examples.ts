import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError } from '#formats/format-error.ts'
import { type NamedTensor, TYPED_ARRAYS } from '#formats/named-tensor.ts'
import { decodeHeader, type TensorEntry } from '#formats/safetensors-header.ts'
import { elementCount } from '#network/shape.ts'
import type { Examples, ImageExamples } from './examples.ts'

const LENGTH_BYTES = 8
const PIECE_BYTES = 2 ** 30

/** An uploaded dataset in the format of src/ingest. The file stays open until `close`, because images are read from it on demand. */
export class StoredDataset {
  readonly #file: FileHandle
  readonly #entries: ReadonlyMap<string, TensorEntry>
  readonly #start: number

  private constructor(file: FileHandle, entries: readonly TensorEntry[], start: number) {
    this.#file = file
    this.#entries = new Map(entries.map(entry => [entry.name, entry]))
    this.#start = start
  }

  /** @throws FormatError */
  static async open(path: string): Promise<StoredDataset> {
    const file = await open(path)
    const { size } = await file.stat()
    const { buffer: length } = await file.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, 0)
    const headerBytes = LENGTH_BYTES + Number(length.readBigUInt64LE())
    const { buffer: header } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    return new StoredDataset(file, decodeHeader(header, size).entries, headerBytes)
  }

  /** @param imageFolder the folder of the images, if the dataset holds only their paths @throws FormatError when there is no such split */
  async split(name: 'train' | 'test', imageFolder?: string): Promise<Examples | ImageExamples> {
    const labels = (await this.#read(`${name}/y`)) as Int32Array | Float32Array
    const count = this.#entry(`${name}/y`).shape[0]!
    if (!this.#entries.has(`${name}/images`))
      return { x: (await this.#read(`${name}/x`)) as Uint8Array | Float32Array, labels, count }
    const ends = (await this.#read(`${name}/ends`)) as BigInt64Array
    const images = this.#start + this.#entry(`${name}/images`).begin
    const read = async (index: number) => {
      const [from, to] = [index === 0 ? 0 : Number(ends[index - 1]!), Number(ends[index]!)]
      const { buffer } = await this.#file.read(Buffer.alloc(to - from), 0, to - from, images + from)
      return buffer
    }
    return { labels, count, read: imageFolder === undefined ? read : readPaths(read, imageFolder) }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  #entry(name: string): TensorEntry {
    const entry = this.#entries.get(name)
    if (!entry) throw new FormatError(`the dataset has no ${name}`)
    return entry
  }

  async #read(name: string): Promise<NamedTensor['data']> {
    const entry = this.#entry(name)
    const bytes = new Uint8Array(entry.end - entry.begin)
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, bytes.length - at)
      await this.#file.read(bytes, at, length, this.#start + entry.begin + at)
    }
    return new TYPED_ARRAYS[entry.dtype](bytes.buffer, 0, elementCount(entry.shape))
  }
}

function readPaths(read: ImageExamples['read'], folder: string): ImageExamples['read'] {
  return async index => {
    const path = join(folder, new TextDecoder().decode(await read(index)))
    const file = await open(path)
    try {
      return await file.readFile()
    } finally {
      await file.close()
    }
  }
}
