import { open } from 'node:fs/promises'
import {
  type AsyncBuffer,
  type FileMetaData,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
} from 'hyparquet'
import { FormatError } from '#formats/format-error.ts'
import { boundedCompressors } from './bounded-compressors.ts'
import type { SourceFile } from './source-file.ts'

/** An open Parquet file. */
export interface ParquetFile {
  metadata: FileMetaData
  /** Rows at a time, none across two row groups. */
  blocks(rows: number): Generator<Block>
}

/** A run of rows, of which columns are read one by one. */
export interface Block {
  /** The row of the file, from 0. */
  first: number
  count: number
  read(column: string): Promise<ArrayLike<unknown>>
}

/** Opens a file, hands it to `use`, and closes it. @throws FormatError that names the file */
export async function withParquet(
  { path, name }: SourceFile,
  use: (file: ParquetFile) => Promise<void>,
): Promise<void> {
  const handle = await open(path)
  try {
    const byteLength = (await handle.stat()).size
    const file: AsyncBuffer = {
      byteLength,
      async slice(start, end = byteLength) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start)
        return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + bytesRead)
      },
    }
    const metadata = await parquetMetadataAsync(file)
    const scan = await parquetScan({ file, metadata, compressors: boundedCompressors, utf8: false })
    await use({ metadata, blocks: rows => blocksOf(scan, rows) })
  } catch (error) {
    throw error instanceof FormatError ? error : new FormatError(`${name}: ${(error as Error).message}`)
  } finally {
    await handle.close()
  }
}

function* blocksOf({ ranges, readColumn }: ParquetScan, rows: number): Generator<Block> {
  for (const { rowStart: start, rowEnd: end } of ranges) {
    for (let first = start; first < end; first += rows) {
      const rowEnd = Math.min(first + rows, end)
      yield {
        first,
        count: rowEnd - first,
        read: async column => {
          const values = await readColumn({ column, rowStart: first, rowEnd })
          if (values.length !== rowEnd - first)
            throw new FormatError(
              `column "${column}" has ${values.length} values in the rows from ${first}, not ${rowEnd - first}`,
            )
          return values
        },
      }
    }
  }
}
