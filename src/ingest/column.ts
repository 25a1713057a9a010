import { type FileHandle, open } from 'node:fs/promises'
import { FormatError } from '#formats/format-error.ts'
import { elementCount } from '#network/shape.ts'
import { Moments } from './moments.ts'

/** Element types of what a dataset keeps. */
export interface ColumnArrays {
  U8: Uint8Array
  I32: Int32Array
  I64: BigInt64Array
  F32: Float32Array
}
export type ColumnDtype = keyof ColumnArrays

/** Written at a time. */
const SPACE_BYTES = 1024 * 1024

/** Rows of one shape, appended to a file as raw numbers: a dataset in the making takes no memory. */
export class Column<Dtype extends ColumnDtype = ColumnDtype> {
  readonly path: string
  readonly dtype: Dtype
  readonly rowShape: readonly number[]
  /** Of what it holds, by channel; labels have none. */
  readonly moments: Moments | undefined
  readonly #file: FileHandle
  readonly #rowElements: number
  #elements = 0
  readonly #space = new Uint8Array(SPACE_BYTES)
  #waitingBytes = 0

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

  /** Whole rows so far. */
  get rows(): number {
    return Math.floor(this.#elements / this.#rowElements)
  }

  get isWhole(): boolean {
    return this.#elements % this.#rowElements === 0
  }

  /** @param source for errors. @throws FormatError that names the row of a number that is not finite */
  async append(values: ColumnArrays[Dtype], source: string): Promise<void> {
    if (values instanceof Float32Array) this.#requireFinite(values, source)
    this.moments?.add(values as Uint8Array | Float32Array)
    this.#elements += values.length
    let bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)
    while (bytes.length > 0) {
      const length = Math.min(bytes.length, SPACE_BYTES - this.#waitingBytes)
      this.#space.set(bytes.subarray(0, length), this.#waitingBytes)
      this.#waitingBytes += length
      bytes = bytes.subarray(length)
      if (this.#waitingBytes === SPACE_BYTES) await this.#flush()
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
    for (let written = 0; written < this.#waitingBytes; ) {
      const { bytesWritten } = await this.#file.write(this.#space, written, this.#waitingBytes - written)
      written += bytesWritten
    }
    this.#waitingBytes = 0
  }

  #requireFinite(values: Float32Array, source: string): void {
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue
      const row = Math.floor((this.#elements + i) / this.#rowElements)
      throw new FormatError(`${source}, example ${row} (from 0): ${values[i]} is not a finite number`)
    }
  }
}
