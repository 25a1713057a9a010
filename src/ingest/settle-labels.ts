import { createReadStream } from 'node:fs'
import { FormatError } from '#formats/format-error.ts'
import { type ClassNames, numeralsTo } from './class-names.ts'
import { Column } from './column.ts'

/** The labels of a dataset as they stay: classes, or so many targets an example. */
export interface Labels {
  columns: readonly Column[]
  classes: readonly string[]
  /** 0 where there are classes. */
  targets: number
}

/**
 * Gives classes their final numbers, and makes classes of targets that are one-hot in all splits.
 * @throws FormatError for a class beyond the names given, or splits that differ in kind
 */
export async function settleLabels(
  columns: readonly Column[],
  found: ClassNames | undefined,
  given: readonly string[] | undefined,
): Promise<Labels> {
  const [first, second] = columns
  const width = first!.dtype === 'F32' ? first!.rowShape[0]! : 0
  if (second && (second.dtype !== first!.dtype || String(second.rowShape) !== String(first!.rowShape)))
    throw new FormatError(
      'the labels of training and test are of different kinds: classes, or as many targets',
    )
  if (found) {
    const { names, finalOf } = found.settle()
    return { columns: await rewrite(columns, label => finalOf[label[0]!]!), classes: names, targets: 0 }
  }
  if (width === 0) return { columns, classes: await namesOf(columns, given), targets: 0 }
  if (width === 1 || !(await areOneHot(columns))) return { columns, classes: [], targets: width }
  const hot = await rewrite(columns, row => row.indexOf(1))
  return { columns: hot, classes: given ?? numeralsTo(width - 1), targets: 0 }
}

async function namesOf(columns: readonly Column[], given: readonly string[] | undefined) {
  let largest = 0
  for (const column of columns) {
    for await (const [label] of rowsOf(column)) largest = Math.max(largest, label!)
  }
  if (given && largest >= given.length)
    throw new FormatError(`there is a class ${largest}, and the names of ${given.length} classes`)
  return given ?? numeralsTo(largest)
}

async function areOneHot(columns: readonly Column[]): Promise<boolean> {
  for (const column of columns) {
    for await (const row of rowsOf(column)) {
      if (row.indexOf(1) < 0 || Float32Array.from(row).reduce((sum, value) => sum + Math.abs(value), 0) !== 1)
        return false
    }
  }
  return true
}

/** New columns with a class in the place of each row. */
async function rewrite(
  columns: readonly Column[],
  classOf: (row: Int32Array | Float32Array) => number,
): Promise<Column[]> {
  const rewritten: Column[] = []
  for (const column of columns) {
    const settled = await Column.open(`${column.path}.settled`, 'I32', [], false)
    for await (const row of rowsOf(column)) await settled.append(Int32Array.of(classOf(row)), column.path)
    await settled.close()
    rewritten.push(settled as unknown as Column)
  }
  return rewritten
}

async function* rowsOf({ path, dtype, rowShape }: Column): AsyncGenerator<Int32Array | Float32Array> {
  const TypedArray = dtype === 'I32' ? Int32Array : Float32Array
  const width = rowShape[0] ?? 1
  const stream = createReadStream(path, { highWaterMark: 4 * width * 4096 })
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    const values = new TypedArray(
      (bytes.buffer as ArrayBuffer).slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    )
    for (let at = 0; at < values.length; at += width) yield values.subarray(at, at + width)
  }
}
