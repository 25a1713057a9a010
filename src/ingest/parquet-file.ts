import { open } from 'node:fs/promises'
import {
  type AsyncBuffer,
  type FileMetaData,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
} from 'hyparquet'
import { blameFile } from '#formats/blame-file.ts'
import { FormatError } from '#formats/format-error.ts'
import { boundedCompressors } from './bounded-compressors.ts'
import type { SourceFile } from './source-file.ts'

/** An open Parquet file. */
export interface ParquetFile {
  metadata: FileMetaData
  /** Blocks of at most this many rows; a block does not span two row groups. */
  blocks(rows: number): Generator<Block>
}

/** Consecutive rows, whose columns are read one by one. */
export interface Block {
  /** The index of its first row in the file, from 0. */
  first: number
  count: number
  read(column: string): Promise<ArrayLike<unknown>>
}

/** Opens a file, calls `use` with it, and closes it. @throws FormatError that names the file */
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
    await requireSignature(file, name)
    const metadata = await parquetMetadataAsync(file)
    await use({ metadata, blocks: rows => blocksOf(metadata, openColumns(file, metadata), rows) })
  } catch (error) {
    throw blameFile(error, `${name} is damaged, or uses a feature of Parquet that is not supported`)
  } finally {
    await handle.close()
  }
}

/** The first and the last bytes of a file. */
const SIGNATURE = 'PAR1'

async function requireSignature(file: AsyncBuffer, name: string): Promise<void> {
  const { byteLength } = file
  if (byteLength === 0) throw new FormatError(`${name} is empty`)
  const [first, last] = [await file.slice(0, 4), await file.slice(Math.max(0, byteLength - 4))]
  if (Buffer.from(first).toString('latin1') !== SIGNATURE)
    throw new FormatError(`${name} is not a Parquet file`)
  if (Buffer.from(last).toString('latin1') !== SIGNATURE)
    throw new FormatError(`${name} is a Parquet file that is cut off or damaged`)
}

type ReadColumn = (column: string, rowStart: number, rowEnd: number) => Promise<ArrayLike<unknown>>

/** Reads each column with a separate scan: a scan of the whole file would search all columns for each one. A scan caches the last block. */
function openColumns(file: AsyncBuffer, metadata: FileMetaData): ReadColumn {
  const metadataOf = singleColumnMetadata(metadata)
  const scans = new Map<string, Promise<ParquetScan>>()
  return async (column, rowStart, rowEnd) => {
    const scan =
      scans.get(column) ??
      parquetScan({ file, metadata: metadataOf.get(column)!, compressors: boundedCompressors, utf8: false })
    scans.set(column, scan)
    return (await scan).readColumn({ column, rowStart, rowEnd })
  }
}

/** The metadata that the file would have if a column were its only one, by column. */
function singleColumnMetadata(metadata: FileMetaData): Map<string, FileMetaData> {
  const [root, ...elements] = metadata.schema
  const alone = new Map<string, FileMetaData>()
  let start = 0
  for (const { element, count } of parquetSchema(metadata).children) {
    const schema = [{ ...root!, num_children: 1 }, ...elements.slice(start, start + count)]
    const groups = metadata.row_groups.map(group => ({ ...group, columns: [] }))
    alone.set(element.name, { ...metadata, schema, row_groups: groups })
    start += count
  }
  for (const [index, group] of metadata.row_groups.entries()) {
    for (const chunk of group.columns) {
      const own = alone.get(chunk.meta_data?.path_in_schema[0] ?? '')
      own?.row_groups[index]?.columns.push(chunk)
    }
  }
  return alone
}

function* blocksOf(metadata: FileMetaData, readColumn: ReadColumn, rows: number): Generator<Block> {
  let start = 0
  for (const { num_rows: groupRows } of metadata.row_groups) {
    const end = start + Number(groupRows)
    for (let first = start; first < end; first += rows) {
      const rowEnd = Math.min(first + rows, end)
      const count = rowEnd - first
      const read = async (column: string) => {
        const values = await readColumn(column, first, rowEnd)
        if (values.length === count) return values
        throw new FormatError(
          `column "${column}" has ${values.length} values in ${count} rows, starting at row ${first}`,
        )
      }
      yield { first, count, read }
    }
    start = end
  }
}
