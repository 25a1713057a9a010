import { parse } from 'csv-parse'
import type { RequestOf } from '#domain/dataset-request.ts'
import { FormatError } from '#formats/format-error.ts'
import { ClassNames } from './class-names.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

const ROWS = 512
const LONGEST_ROW = 10 * 1024 * 1024

/** Where a table has its labels and its features. */
interface Layout {
  columns: readonly string[]
  labels: readonly number[]
  features: readonly number[]
}

/** Tables of numbers: a label column, or several of targets, and the rest features. @throws FormatError that names line and column */
export async function readCsv(
  files: readonly SourceFile[],
  request: RequestOf<'csv'>,
  writer: DatasetWriter,
): Promise<void> {
  writer.names = areTargets(request) ? undefined : new ClassNames(request.classes)
  for await (const { name, source, content } of membersOf(files))
    await readTable(content, source, splitOf(name), request, writer)
}

function areTargets({ label, labels }: RequestOf<'csv'>): boolean {
  return labels === 'targets' || Array.isArray(label)
}

async function readTable(
  content: AsyncIterable<Uint8Array>,
  source: string,
  split: SplitName,
  request: RequestOf<'csv'>,
  writer: DatasetWriter,
): Promise<void> {
  const rows = parse({
    delimiter: request.delimiter,
    bom: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: LONGEST_ROW,
  })
  const feeding = feed(content, rows)
  let layout: Layout | undefined
  let held: { cells: string[]; line: number }[] = []
  const flush = async () => {
    if (held.length > 0) await appendRows(held, layout!, { source, split, writer })
    held = []
  }
  try {
    for await (const { record, info } of rows as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      const isHeader = !layout && request.header
      layout ??= layOut(request.header ? record : record.map((_, index) => String(index)), request, source)
      if (isHeader) continue
      held.push({ cells: record, line: info.lines })
      if (held.length === ROWS) await flush()
    }
    await feeding
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError(`${source}: ${(error as Error).message}`)
  } finally {
    rows.destroy()
  }
  await flush()
}

async function feed(content: AsyncIterable<Uint8Array>, into: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const bytes of content) {
      if (!into.write(bytes)) await new Promise(resolve => into.once('drain', resolve).once('close', resolve))
      if (into.destroyed) return
    }
    into.end()
  } catch (error) {
    into.destroy(error as Error)
  }
}

function layOut(columns: readonly string[], request: RequestOf<'csv'>, source: string): Layout {
  const labels = [request.label].flat().map(label => {
    const index = typeof label === 'number' ? label : columns.indexOf(label)
    if (index < 0 || index >= columns.length)
      throw new FormatError(
        `${source} has no column "${label}"; there is: ${columns.slice(0, 50).join(', ')}`,
      )
    return index
  })
  const features = [...columns.keys()].filter(index => !labels.includes(index))
  if (features.length === 0) throw new FormatError(`${source} has no column besides the label`)
  return { columns, labels, features }
}

async function appendRows(
  rows: readonly { cells: string[]; line: number }[],
  { columns, labels, features }: Layout,
  { source, split, writer }: { source: string; split: SplitName; writer: DatasetWriter },
): Promise<void> {
  const number = (cells: string[], line: number, column: number) => {
    const text = cells[column]!.trim()
    const value = Number(text)
    if (text !== '' && Number.isFinite(value)) return value
    throw new FormatError(
      `${source}, line ${line}, column "${columns[column]}": "${text.slice(0, 100)}" is no finite number`,
    )
  }
  const take = (wanted: readonly number[]) =>
    Float32Array.from(rows.flatMap(({ cells, line }) => wanted.map(column => number(cells, line, column))))
  await writer.appendX(split, 'F32', [features.length], take(features), source)
  const { names } = writer
  if (!names) return await writer.appendTargets(split, take(labels), labels.length, source)
  const numbers = rows.map(({ cells, line }) => {
    const text = cells[labels[0]!]!.trim()
    const place = `${source}, line ${line}, column "${columns[labels[0]!]}"`
    if (text === '') throw new FormatError(`${place}: the label is missing`)
    return names.numberOf(text, place)
  })
  await writer.appendClasses(split, Int32Array.from(numbers), source)
}
