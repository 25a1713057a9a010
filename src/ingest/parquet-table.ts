import { FormatError } from '#formats/format-error.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { LabelWriter } from './label-writer.ts'
import { listed, shortened } from './listed.ts'
import type { ParquetColumn } from './parquet-columns.ts'
import type { Block, ParquetFile } from './parquet-file.ts'
import { labelText } from './parquet-label.ts'
import { type Layout, TableColumns } from './table-columns.ts'
import { TableSurvey } from './table-survey.ts'

/** How many values are in memory at a time; a file with wide rows is read in smaller blocks. */
const BLOCK_VALUES = 8_000_000
const MOST_ROWS = 65_536

interface Place {
  split: SplitName
  source: string
}

/** A column of a block: `width` numbers per row. */
interface Numbers {
  width: number
  values: Float64Array
}

/** Writes the files of a Parquet table to a dataset, one after another. */
export class ParquetTable {
  readonly #writer: DatasetWriter
  readonly #columns: TableColumns
  readonly #request: RequestOf<'parquet'>
  #labels: LabelWriter | undefined
  #survey: TableSurvey | undefined

  constructor(request: RequestOf<'parquet'>, writer: DatasetWriter) {
    this.#request = request
    this.#writer = writer
    this.#columns = new TableColumns(request.label)
  }

  /** @throws FormatError that names row and column */
  async append({ blocks }: ParquetFile, columns: readonly ParquetColumn[], place: Place): Promise<void> {
    const layout = this.#columns.place(
      columns.map(({ name }) => name),
      place.source,
    )
    const [label, second] = layout.labels.map(index => columns[index]!)
    // Old writers store strings as bytes without a logical type.
    const isText = !second && (label!.kind === 'values' || label!.holds === 'bytes')
    const numbers = isText ? layout.features : [...layout.features, ...layout.labels]
    for (const index of numbers) requireReadable(columns[index]!, place.source)
    if (isText) this.#labels ??= new LabelWriter(this.#writer, this.#request.labels, this.#request.classes)
    const rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(BLOCK_VALUES / columns.length)))
    for (const block of blocks(rows)) await this.#appendBlock(block, columns, layout, place, isText)
  }

  async #appendBlock(
    block: Block,
    columns: readonly ParquetColumn[],
    { features, labels }: Layout,
    place: Place,
    isText: boolean,
  ): Promise<void> {
    const { split, source } = place
    const name = (index: number) => columns[index]!.name
    const take = async (indices: readonly number[]) => {
      const taken: Numbers[] = []
      for (const index of indices) taken.push(await readNumbers(block, name(index), source))
      return taken
    }
    const parts = await take(features)
    this.#survey ??= this.#begin(features.map(name), parts)
    const x = interleave(parts, block.count, split === 'train' ? this.#survey : undefined)
    await this.#writer.appendX(split, 'F32', [x.length / block.count], x, source)
    if (!isText) {
      const targets = interleave(await take(labels), block.count)
      return await this.#writer.appendTargets(split, targets, targets.length / block.count, source)
    }
    const [label] = labels.map(name) as [string]
    const where = (row: number) => placeOf(source, block.first + row, label)
    const texts = Array.from(await block.read(label), (value, row) => labelText(value, () => where(row)))
    await this.#labels!.append(split, texts, where, source)
  }

  /** A list of numbers becomes one feature for each number in its first row. */
  #begin(names: readonly string[], parts: readonly Numbers[]): TableSurvey {
    const columns = names.flatMap((name, index) => {
      const { width } = parts[index]!
      return width === 1 ? [name] : Array.from({ length: width }, (_, at) => `${name}[${at}]`)
    })
    this.#writer.table = { columns, labelColumns: this.#columns.labelColumns }
    return new TableSurvey(columns)
  }

  /** Adds notes on how the table was read. @throws FormatError for labels that are neither classes nor targets */
  close(): void {
    if (!this.#survey) return
    this.#labels?.settle()
    const sentence = this.#labels?.describe(`Column ${listed(this.#columns.labelColumns)}`)
    if (sentence) this.#writer.notes.add(sentence)
    this.#survey.describe(this.#writer.notes)
  }
}

function requireReadable({ name, kind, holds }: ParquetColumn, source: string): void {
  if (kind === 'values' || kind === 'list') return
  throw new FormatError(
    `${source}: column "${shortened(name)}" holds ${holds}; features and targets have to be numbers: convert the column, or leave it out`,
  )
}

function placeOf(source: string, row: number, column: string): string {
  return `${source}, row ${row} (from 0), column "${shortened(column)}"`
}

/** @throws FormatError for a value that is not a number, or for lists of different lengths */
async function readNumbers(block: Block, column: string, source: string): Promise<Numbers> {
  const cells = await block.read(column)
  let width: number | undefined
  let values = new Float64Array(block.count)
  let at = 0
  const take = (value: unknown, row: number): void => {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      for (const item of value as unknown as Iterable<unknown>) take(item, row)
      return
    }
    if (at === values.length) {
      const larger = new Float64Array(2 * values.length)
      larger.set(values)
      values = larger
    }
    values[at++] = numberIn(value, () => placeOf(source, block.first + row, column))
  }
  for (let row = 0; row < block.count; row++) {
    const before = at
    take(cells[row], row)
    width ??= at - before
    if (at - before !== width)
      throw new FormatError(
        `${placeOf(source, block.first + row, column)} has ${at - before} numbers, but the rows before it have ${width}`,
      )
  }
  return { width: width!, values: values.subarray(0, at) }
}

function interleave(parts: readonly Numbers[], rows: number, survey?: TableSurvey): Float32Array {
  const width = parts.reduce((sum, part) => sum + part.width, 0)
  const all = new Float32Array(rows * width)
  let column = 0
  for (const part of parts) {
    for (let inner = 0; inner < part.width; inner++, column++) {
      for (let row = 0; row < rows; row++) {
        const value = part.values[row * part.width + inner]!
        survey?.see(column, value)
        all[row * width + column] = value
      }
    }
  }
  return all
}

function numberIn(value: unknown, where: () => string): number {
  const number = typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  if (value === null || value === undefined)
    throw new FormatError(`${where()}: the value is missing; fill it in, or leave the row out`)
  const text = value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)
  throw new FormatError(`${where()}: "${shortened(text)}" is not a finite number`)
}
