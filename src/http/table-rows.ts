import { CsvError, parse } from 'csv-parse/sync'
import { invalidRequest } from '#domain/error.ts'
import { elementCount } from '#network/shape.ts'
import type { PlacedExample } from './flatten-examples.ts'
import { EXAMPLES } from './prediction-request.ts'

/** The highest number of columns, unless the model needs more; a table may have columns that the model does not use. */
const COLUMNS = 1_000

interface Columns {
  /** The shape of one example. */
  shape: readonly number[]
  /** Names of the feature columns of the dataset, if it has any. */
  columns?: readonly string[] | undefined
}

/** Rows are counted from 1, the header included. */
interface Row {
  cells: string[]
  number: number
}

/**
 * The rows of a CSV body as examples. If the body has a header and the dataset has column names, columns are matched by name, and other
 * columns are ignored; otherwise they are matched by position.
 * @throws AppError `invalid_request` that names row and column
 */
export function tableRows(text: string, { shape, columns }: Columns): PlacedExample[] {
  const width = elementCount(shape)
  refuseTooManyCells(text, (EXAMPLES + 1) * Math.max(width, COLUMNS))
  const rows = parseRows(text)
  const header = rows[0] && isHeader(rows[0].cells) ? rows[0].cells.map(cell => cell.trim()) : undefined
  const wanted = header && columns ? placesOf(columns, header) : Array.from({ length: width }, (_, i) => i)
  const nameOf = (index: number) => header?.[wanted[index]!] ?? columns?.[index] ?? String(index + 1)
  return (header ? rows.slice(1) : rows).map(({ cells, number }) => {
    if (cells.length !== (header ?? wanted).length)
      throw invalidRequest(
        `row ${number}`,
        `has ${cells.length} cells instead of ${(header ?? wanted).length}`,
      )
    const columnPlace = (index: number) => `row ${number}, column "${nameOf(index)}"`
    const flat = wanted.map((column, index) => numberIn(cells[column]!, columnPlace(index)))
    return { value: nested(flat, shape), place: `row ${number}`, columnPlace }
  })
}

/** Checked before parsing, because parsing some millions of cells takes a second. */
function refuseTooManyCells(text: string, most: number): void {
  let commas = 0
  for (let at = text.indexOf(','); at >= 0; at = text.indexOf(',', at + 1))
    if (++commas > most) throw invalidRequest('body', `has more than ${most} cells`)
}

function parseRows(text: string): Row[] {
  try {
    const records = parse(text, {
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      // The header, and one example more than allowed, so that an excess is noticed.
      to: EXAMPLES + 2,
      record_delimiter: ['\r\n', '\n', '\r'],
    })
    return records.map((cells, index) => ({ cells, number: index + 1 }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw invalidRequest('body', `is not CSV: ${error.message}`)
  }
}

/** The same values as in the tables of datasets. */
const BOOLEANS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
])

/** A row is a header unless all its cells are numbers. */
function isHeader(cells: readonly string[]): boolean {
  return cells
    .map(cell => cell.trim())
    .some(cell => cell !== '' && cell !== 'NaN' && Number.isNaN(cellValue(cell)))
}

function cellValue(cell: string): number {
  return BOOLEANS.get(cell.toLowerCase()) ?? Number(cell)
}

function placesOf(columns: readonly string[], header: readonly string[]): number[] {
  const missing = columns.filter(column => !header.includes(column))
  if (missing.length > 0)
    throw invalidRequest(
      'row 1',
      `has no column ${missing.map(name => `"${name}"`).join(', ')}; its columns are: ${header.join(', ')}`,
    )
  return columns.map(column => header.indexOf(column))
}

function numberIn(cell: string, place: string): number {
  const value = cellValue(cell.trim())
  if (cell.trim() === '') throw invalidRequest(place, 'is empty; it must be a number')
  if (!Number.isFinite(value))
    throw invalidRequest(place, `must be a finite number, not ${JSON.stringify(cell.trim().slice(0, 60))}`)
  return value
}

/** The flat numbers of an example in its shape. */
function nested(flat: readonly number[], [length, ...rest]: readonly number[]): unknown {
  if (length === undefined) return flat[0]
  if (rest.length === 0) return flat
  const size = elementCount(rest)
  return Array.from({ length }, (_, index) => nested(flat.slice(index * size, (index + 1) * size), rest))
}
