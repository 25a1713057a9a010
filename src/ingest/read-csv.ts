import { pipeline } from 'node:stream'
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

/** Counted from 1, the header too. */
interface Row {
  cells: string[]
  number: number
}

/** Where a table has its labels and its features. */
interface Layout {
  columns: readonly string[]
  labels: readonly number[]
  features: readonly number[]
}

/** Tables of numbers: a label column, or several of targets, and the rest features. @throws FormatError that names row and column */
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
    max_record_size: LONGEST_ROW,
  })
  // What goes wrong on the way in comes out of the rows.
  pipeline(content, rows, () => {})
  let layout: Layout | undefined
  let number = 0
  let held: Row[] = []
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      number++
      const isHeader = !layout && request.header
      layout ??= layOut(request.header ? cells : cells.map((_, index) => String(index)), request, source)
      if (isHeader) continue
      held.push({ cells, number })
      if (held.length < ROWS) continue
      await appendRows(held, layout, { source, split, writer })
      held = []
    }
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError(`${source}: ${(error as Error).message}`)
  } finally {
    rows.destroy()
  }
  if (held.length > 0) await appendRows(held, layout!, { source, split, writer })
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
  rows: readonly Row[],
  { columns, labels, features }: Layout,
  { source, split, writer }: { source: string; split: SplitName; writer: DatasetWriter },
): Promise<void> {
  const place = ({ number }: Row, column: number) => `${source}, row ${number}, column "${columns[column]}"`
  const take = (wanted: readonly number[]) => {
    const values = new Float32Array(rows.length * wanted.length)
    let at = 0
    for (const row of rows)
      for (const column of wanted) values[at++] = numberIn(row.cells[column]!, () => place(row, column))
    return values
  }
  await writer.appendX(split, 'F32', [features.length], take(features), source)
  const { names } = writer
  if (!names) return await writer.appendTargets(split, take(labels), labels.length, source)
  const [label] = labels as [number]
  const classes = Int32Array.from(rows, row => {
    const text = row.cells[label]!.trim()
    if (text === '') throw new FormatError(`${place(row, label)}: the label is missing`)
    return names.numberOf(text, place(row, label))
  })
  await writer.appendClasses(split, classes, source)
}

function numberIn(cell: string, place: () => string): number {
  const value = Number(cell)
  if (Number.isFinite(value) && cell.trim() !== '') return value
  throw new FormatError(`${place()}: "${cell.trim().slice(0, 100)}" is no finite number`)
}
