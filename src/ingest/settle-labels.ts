import { createReadStream } from 'node:fs'
import { FormatError } from '#formats/format-error.ts'
import { numeralsTo } from './class-names.ts'
import { Column } from './column.ts'
import type { Columns, DatasetWriter, SplitName } from './dataset-writer.ts'
import { type ClassCounts, describeClasses } from './describe-classes.ts'
import type { LabelKind } from './label-writer.ts'

/** How many numbers are read at a time. */
const PIECE_NUMBERS = 16_384

/** The final labels of a dataset: classes, or a number of targets per example. */
export interface Labels {
  classes: readonly string[]
  /** Targets per example; 0 if there are classes. */
  targets: number
}

type Row = Int32Array | Float32Array

/** The fields of the request about labels. */
interface Wanted {
  kind: LabelKind | undefined
  classes: readonly string[] | undefined
}

/**
 * Gives classes their final numbers, and converts targets that are one-hot in all splits to classes; replaces `y` of the columns.
 * @throws FormatError for labels that contradict the request, or for splits with labels of different kinds
 */
export async function settleLabels(
  columns: Record<SplitName, Columns>,
  writer: DatasetWriter,
  wanted: Wanted,
): Promise<Labels> {
  const ys = [columns.train.y, columns.test.y].filter(y => y !== undefined)
  const [first, second] = ys as [Column, Column?]
  if (second && (second.dtype !== first.dtype || String(second.rowShape) !== String(first.rowShape)))
    throw new FormatError(
      'the labels of the training and the test split differ in kind, or in the number of targets',
    )
  if (first.dtype === 'I32') {
    const { names, finalOf } = writer.names!.settle()
    await settleClasses(columns, writer, { names, isHot: false, classOf: ([label]) => finalOf[label!]! })
    return { classes: names, targets: 0 }
  }
  const width = first.rowShape[0]!
  const isHot = width > 1 && wanted.kind !== 'targets' && (await areOneHot(ys))
  if (!isHot && wanted.kind === 'classes')
    throw new FormatError(
      `\`labels\` is "classes", but each example has ${width} numbers as its label, which are not one-hot`,
    )
  if (!isHot) return { classes: [], targets: width }
  const names = hotNames(width, wanted.classes, writer)
  await settleClasses(columns, writer, { names, isHot, classOf: row => row.indexOf(1) })
  return { classes: names, targets: 0 }
}

/** @throws FormatError unless there are as many names as columns */
function hotNames(width: number, given: readonly string[] | undefined, { table }: DatasetWriter): string[] {
  if (given && given.length !== width)
    throw new FormatError(
      `\`classes\` names ${given.length} classes, but the one-hot labels have ${width} columns`,
    )
  const columns = table?.labelColumns.length === width ? table.labelColumns : undefined
  return [...(given ?? columns ?? numeralsTo(width - 1))]
}

async function settleClasses(
  columns: Record<SplitName, Columns>,
  { notes }: DatasetWriter,
  { names, isHot, classOf }: { names: readonly string[]; isHot: boolean; classOf: (row: Row) => number },
): Promise<void> {
  const counts: ClassCounts = { train: new Float64Array(names.length), test: new Float64Array(names.length) }
  for (const split of ['train', 'test'] as const) {
    const { y } = columns[split]
    if (y) columns[split].y = await rewrite(y, classOf, counts[split])
  }
  for (const sentence of describeClasses(names, counts, isHot)) notes.add(sentence)
}

async function areOneHot(columns: readonly Column[]): Promise<boolean> {
  for (const column of columns) {
    for await (const rows of rowsOf(column)) {
      for (const row of rows) {
        const hot = row.indexOf(1)
        if (hot < 0 || row.some((value, place) => value !== 0 && place !== hot)) return false
      }
    }
  }
  return true
}

/** A new column with the class of each row. @param counts to which the examples of each class are added */
async function rewrite(column: Column, classOf: (row: Row) => number, counts: Float64Array): Promise<Column> {
  const settled = await Column.open(`${column.path}.settled`, 'I32', [], false)
  for await (const rows of rowsOf(column)) {
    const labels = Int32Array.from(rows, classOf)
    for (const label of labels) counts[label]!++
    await settled.append(labels, column.path)
  }
  await settled.close()
  return settled as unknown as Column
}

/** The rows of a column, some thousands at a time. */
async function* rowsOf({ path, dtype, rowShape }: Column): AsyncGenerator<Row[]> {
  const TypedArray = dtype === 'I32' ? Int32Array : Float32Array
  const width = rowShape[0] ?? 1
  const atOnce = Math.max(1, Math.floor(PIECE_NUMBERS / width))
  const stream = createReadStream(path, { highWaterMark: 4 * width * atOnce })
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    const values = new TypedArray(
      (bytes.buffer as ArrayBuffer).slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    )
    yield Array.from({ length: values.length / width }, (_, row) =>
      values.subarray(row * width, (row + 1) * width),
    )
  }
}
