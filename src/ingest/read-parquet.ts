import { open } from 'node:fs/promises'
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import type { RequestOf } from '#domain/dataset-request.ts'
import { FormatError } from '#formats/format-error.ts'
import { boundedCompressors } from './bounded-compressors.ts'
import { ClassNames } from './class-names.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { ImageWriter } from './image-writer.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

const ROWS = 512

type Row = Readonly<Record<string, unknown>>
type Request = RequestOf<'parquet'>

/** Where rows come from, for errors. */
interface Place {
  split: SplitName
  source: string
  /** Of the first row. */
  first: number
}

/**
 * Parquet files: a label column, or several of targets, and the rest features, each a number or a list of numbers; or one column of
 * images as the files they are, which is how Hugging Face stores them. @throws FormatError that names row and column
 */
export async function readParquet(
  files: readonly SourceFile[],
  request: Request,
  writer: DatasetWriter,
): Promise<ImageWriter | undefined> {
  const labels = [request.label].flat()
  if (request.labels !== 'targets' && labels.length === 1) writer.names = new ClassNames(request.classes)
  const images = new ImageWriter(writer, request.channels)
  let hasImages = false
  for (const file of files) {
    for await (const { rows, first } of rowGroups(file, labels)) {
      const place = { split: splitOf(file.name), source: file.name, first }
      const features = Object.keys(rows[0]!).filter(column => !labels.includes(column))
      const column = features.find(name => imageIn(rows[0]![name]))
      if (column !== undefined) {
        hasImages = true
        await appendImages(rows, { column, label: labels[0]! }, place, writer, images)
      } else await appendTable(rows, { features, labels }, place, writer)
    }
  }
  await images.flush()
  return hasImages ? images : undefined
}

/** A few rows at a time, so that memory holds one row group of the file at most. */
async function* rowGroups({ path, name }: SourceFile, labels: readonly string[]) {
  const handle = await open(path)
  try {
    const byteLength = (await handle.stat()).size
    const file: AsyncBuffer = {
      byteLength,
      async slice(start, end = byteLength) {
        const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start)
        return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength)
      },
    }
    const metadata = await parquetMetadataAsync(file)
    const columns = metadata.schema.map(element => element.name)
    const missing = labels.find(label => !columns.includes(label))
    if (missing !== undefined)
      throw new FormatError(
        `${name} has no column "${missing}"; there is: ${columns.slice(1, 50).join(', ')}`,
      )
    for (let first = 0; first < metadata.num_rows; first += ROWS) {
      const rowEnd = Math.min(first + ROWS, Number(metadata.num_rows))
      const rows: Row[] = await parquetReadObjects({
        file,
        metadata,
        rowStart: first,
        rowEnd,
        compressors: boundedCompressors,
        utf8: false,
      })
      yield { rows, first }
    }
  } catch (error) {
    throw error instanceof FormatError ? error : new FormatError(`${name}: ${(error as Error).message}`)
  } finally {
    await handle.close()
  }
}

async function appendTable(
  rows: readonly Row[],
  { features, labels }: { features: readonly string[]; labels: readonly string[] },
  { split, source, first }: Place,
  writer: DatasetWriter,
): Promise<void> {
  const take = (columns: readonly string[]) =>
    rows.map((row, index) =>
      columns.flatMap(column =>
        numbersOf(row[column], `${source}, row ${first + index} (from 0), column "${column}"`),
      ),
    )
  const examples = take(features)
  const width = examples[0]!.length
  const odd = examples.findIndex(example => example.length !== width)
  if (odd >= 0)
    throw new FormatError(
      `${source}, row ${first + odd} (from 0) has ${examples[odd]!.length} numbers, the one before it ${width}`,
    )
  await writer.appendX(split, 'F32', [width], Float32Array.from(examples.flat()), source)
  if (!writer.names)
    return await writer.appendTargets(split, Float32Array.from(take(labels).flat()), labels.length, source)
  await writer.appendClasses(
    split,
    classesOf(rows, labels[0]!, writer.names, { split, source, first }),
    source,
  )
}

async function appendImages(
  rows: readonly Row[],
  { column, label }: { column: string; label: string },
  place: Place,
  writer: DatasetWriter,
  images: ImageWriter,
): Promise<void> {
  const { split, source, first } = place
  writer.names ??= new ClassNames()
  const classes = classesOf(rows, label, writer.names, place)
  for (const [index, row] of rows.entries()) {
    const where = `${source}, row ${first + index} (from 0), column "${column}"`
    const bytes = imageIn(row[column])
    if (!bytes) throw new FormatError(`${where} holds no image`)
    await images.append({ split, bytes, label: classes[index]!, source: where })
  }
}

function classesOf(
  rows: readonly Row[],
  label: string,
  names: ClassNames,
  { source, first }: Place,
): Int32Array {
  return Int32Array.from(rows, (row, index) => {
    const where = `${source}, row ${first + index} (from 0), column "${label}"`
    const value = row[label]
    const text = value instanceof Uint8Array ? Buffer.from(value).toString() : String(value ?? '')
    if (text === '') throw new FormatError(`${where}: the label is missing`)
    return names.numberOf(text, where)
  })
}

/** Bytes, or `{ bytes, path }` as Hugging Face has it. */
function imageIn(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  const { bytes } = (value ?? {}) as { bytes?: unknown }
  return bytes instanceof Uint8Array ? bytes : undefined
}

function numbersOf(value: unknown, where: string): number[] {
  if (Array.isArray(value)) return value.flatMap(item => numbersOf(item, where))
  const number = typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return [number]
  throw new FormatError(
    `${where}: ${value === null || value === undefined ? 'it is missing' : `${String(value).slice(0, 100)} is no finite number`}`,
  )
}
