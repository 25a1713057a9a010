import { type FileHandle, open } from 'node:fs/promises'
import { FormatError } from '#formats/format-error.ts'
import { elementCount } from '#network/shape.ts'
import { Moments } from './moments.ts'

/** The element types of a dataset's columns. */
export interface ColumnArrays {
  U8: Uint8Array
  I32: Int32Array
  I64: BigInt64Array
  F32: Float32Array
}
export type ColumnDtype = keyof ColumnArrays

/** The size of the write buffer. */
const BUFFER_BYTES = 1024 * 1024

/** Rows of one shape, appended to a file as raw numbers, so that a dataset is not in memory while it is created. */
export class Column<Dtype extends ColumnDtype = ColumnDtype> {
  readonly path: string
  readonly dtype: Dtype
  readonly rowShape: readonly number[]
  /** The moments of examples, by channel; undefined for labels. */
  readonly moments: Moments | undefined
  readonly #file: FileHandle
  readonly #rowElements: number
  #elements = 0
  readonly #buffer = new Uint8Array(BUFFER_BYTES)
  #bufferedBytes = 0

  private constructor(
    path: string,
    file: FileHandle,
    dtype: Dtype,
    rowShape: readonly number[],
    isX: boolean,
  ) {
    this.path = path
    this.#file = file
    this.dtype = dtype
    this.rowShape = rowShape
    this.#rowElements = elementCount(rowShape)
    this.moments = isX ? new Moments(rowShape.at(-1) ?? 1, dtype === 'U8') : undefined
  }

  static async open<Dtype extends ColumnDtype>(
    path: string,
    dtype: Dtype,
    rowShape: readonly number[],
    isX: boolean,
  ): Promise<Column<Dtype>> {
    return new Column(path, await open(path, 'w'), dtype, rowShape, isX)
  }

  /** The number of complete rows. */
  get rows(): number {
    return Math.floor(this.#elements / this.#rowElements)
  }

  get isWhole(): boolean {
    return this.#elements % this.#rowElements === 0
  }

  /** @param source of the values in errors. @throws FormatError that names the row of a number that is not finite */
  async append(values: ColumnArrays[Dtype], source: string): Promise<void> {
    if (values instanceof Float32Array) this.#requireFinite(values, source)
    this.moments?.add(values as Uint8Array | Float32Array)
    this.#elements += values.length
    let bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)
    while (bytes.length > 0) {
      const length = Math.min(bytes.length, BUFFER_BYTES - this.#bufferedBytes)
      this.#buffer.set(bytes.subarray(0, length), this.#bufferedBytes)
      this.#bufferedBytes += length
      bytes = bytes.subarray(length)
      if (this.#bufferedBytes === BUFFER_BYTES) await this.#flush()
    }
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#file.close()
  }

  async abandon(): Promise<void> {
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    for (let written = 0; written < this.#bufferedBytes; ) {
      const { bytesWritten } = await this.#file.write(this.#buffer, written, this.#bufferedBytes - written)
      written += bytesWritten
    }
    this.#bufferedBytes = 0
  }

  #requireFinite(values: Float32Array, source: string): void {
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue
      const row = Math.floor((this.#elements + i) / this.#rowElements)
      throw new FormatError(`${source}, example ${row} (from 0): ${values[i]} is not a finite number`)
    }
  }
}
