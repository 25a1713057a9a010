import { FormatError } from '#formats/format-error.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { LabelWriter } from './label-writer.ts'
import { listed, shortened } from './listed.ts'
import { parseBoolean, parseNumeral } from './numerals.ts'
import { type Layout, TableColumns } from './table-columns.ts'
import { TableSurvey } from './table-survey.ts'

type Rows = readonly (readonly string[])[]

/** A decoder replaces bytes that are not UTF-8 with this character. */
const REPLACEMENT = '\uFFFD'

/** Writes the files of a CSV table to a dataset, one after another. */
export class CsvTable {
  readonly #request: RequestOf<'csv'>
  readonly #writer: DatasetWriter
  readonly #columns: TableColumns
  readonly #labels: LabelWriter | undefined
  #survey: TableSurvey | undefined
  #source = ''
  #split: SplitName = 'train'
  #names: readonly string[] = []
  #layout: Layout = { features: [], labels: [], unnamed: [] }

  constructor(request: RequestOf<'csv'>, writer: DatasetWriter) {
    this.#request = request
    this.#writer = writer
    this.#columns = new TableColumns(request.label)
    const isSingle = [request.label].flat().length === 1
    this.#labels = isSingle ? new LabelWriter(writer, request.labels, request.classes) : undefined
  }

  /** The next file. */
  open(source: string, split: SplitName): void {
    this.#source = source
    this.#split = split
  }

  /** Finds the columns from a file's first row. @throws FormatError */
  begin(cells: readonly string[]): void {
    const { header, delimiter } = this.#request
    const names = header ? cells.map(cell => cell.trim()) : cells.map((_, index) => String(index))
    for (const name of names) requireUtf8(name, this.#source)
    const numeral = names.find(name => parseNumeral(name) !== undefined && !isDigits(name))
    if (header && numeral !== undefined)
      throw new FormatError(
        `${this.#source}, row 1: "${shortened(numeral)}" is a number, not the name of a column; set \`header\` to false if the file has no header`,
      )
    const other = [';', '\t', '|', ','].find(sign => sign !== delimiter && cells[0]!.includes(sign))
    if (cells.length === 1 && other)
      throw new FormatError(
        `${this.#source} has one column, "${shortened(cells[0]!)}"; set \`delimiter\` to ${JSON.stringify(other)}`,
      )
    if (header && names.every(isDigits) && names.some((name, place) => name !== String(place)))
      this.#writer.notes.add(
        `The first row was read as the names of the columns: ${listed(names, '')}. If it is data, upload again with "header": false.`,
      )
    this.#names = names
    this.#layout = this.#columns.place(names, this.#source)
    this.#survey ??= new TableSurvey(this.#columns.columns)
    this.#writer.table = this.#columns
  }

  /** @param first the number of the first of these rows, counted from 1 including the header. @throws FormatError that names row and column */
  async append(rows: Rows, first: number): Promise<void> {
    const { features, labels, unnamed } = this.#layout
    const survey = this.#split === 'train' ? this.#survey : undefined
    const [split, source] = [this.#split, this.#source]
    this.#requireEmpty(rows, first, unnamed)
    const x = this.#numbers(rows, first, features, survey)
    await this.#writer.appendX(split, 'F32', [features.length], x, source)
    if (!this.#labels) {
      const y = this.#numbers(rows, first, labels)
      return await this.#writer.appendTargets(split, y, labels.length, source)
    }
    const [label] = labels as [number]
    const texts = rows.map(row => row[label]!)
    const place = (row: number) => this.#place(first + row, label)
    for (const [row, text] of texts.entries()) if (text.includes(REPLACEMENT)) requireUtf8(text, place(row))
    await this.#labels.append(split, texts, place, source)
  }

  /** Adds notes on how the table was read. @throws FormatError for labels that are neither classes nor targets */
  close(): void {
    const { notes } = this.#writer
    if (!this.#survey) return
    this.#labels?.settle()
    const sentence = this.#labels?.describe(`Column ${listed(this.#columns.labelColumns)}`)
    if (sentence) notes.add(sentence)
    this.#survey.describe(notes)
  }

  #numbers(
    rows: Rows,
    first: number,
    columns: readonly number[],
    survey?: TableSurvey | undefined,
  ): Float32Array {
    const values = new Float32Array(rows.length * columns.length)
    let at = 0
    for (const [row, cells] of rows.entries()) {
      for (let index = 0; index < columns.length; index++) {
        const cell = cells[columns[index]!]!.trim()
        let value = parseNumeral(cell)
        if (value === undefined) {
          value = parseBoolean(cell)
          if (value === undefined) throw this.#noNumber(cell, first + row, columns[index]!)
          survey?.seeBoolean(index)
        }
        survey?.see(index, value)
        values[at++] = value
      }
    }
    return values
  }

  /** A first column without a name is the index that pandas and R write. Any other has to be empty, as after a trailing comma. */
  #requireEmpty(rows: Rows, first: number, unnamed: readonly number[]): void {
    for (const [place, column] of unnamed.entries()) {
      const isIndex = place === column
      const odd = rows.findIndex(cells => {
        const cell = cells[column]!.trim()
        return isIndex ? !Number.isInteger(parseNumeral(cell) ?? 0) : cell !== ''
      })
      if (odd >= 0)
        throw new FormatError(
          `${this.#source}, row ${first + odd}: column ${column + 1} has no name but contains "${shortened(rows[odd]![column]!)}"; name it, or remove it`,
        )
      this.#writer.notes.add(
        isIndex
          ? `Left out column ${column + 1}, which has no name, as the index of the rows.`
          : `Left out column ${column + 1}, which has no name and is empty.`,
      )
    }
  }

  #noNumber(cell: string, row: number, column: number): FormatError {
    return new FormatError(
      `${this.#place(row, column)}: "${shortened(cell)}" is not a finite number${hintFor(cell)}`,
    )
  }

  #place(row: number, column: number): string {
    return `${this.#source}, row ${row}, column "${shortened(this.#names[column]!)}"`
  }
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text)
}

function requireUtf8(text: string, where: string): void {
  if (text.includes(REPLACEMENT))
    throw new FormatError(`${where}: "${shortened(text)}" is not UTF-8; save the file in UTF-8`)
}

function hintFor(cell: string): string {
  if (/^[+-]?\d+,\d+$/.test(cell)) return '; use a decimal point, not a comma'
  if (/^(nan|na|n\/a|null|none|)$/i.test(cell)) return '; fill in missing values, or leave the row out'
  if (/^[a-z]/i.test(cell)) return '; encode words as numbers, for example one-hot, or leave the column out'
  return ''
}
