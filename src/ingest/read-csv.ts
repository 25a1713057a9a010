import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { blameFile } from '#formats/blame-file.ts'
import { FormatError } from '#formats/format-error.ts'
import { CsvTable } from './csv-table.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'
import { trainingFirst } from './training-first.ts'

/** How many cells are collected before they are written. */
const HELD_CELLS = 65_536
const LONGEST_ROW = 10 * 1024 * 1024

/** Reads tables of numbers: one label column or several target columns; the other columns are features. @throws FormatError that names row and column */
export async function readCsv(
  files: readonly SourceFile[],
  request: RequestOf<'csv'>,
  writer: DatasetWriter,
): Promise<void> {
  const table = new CsvTable(request, writer)
  for await (const { name, source, content } of membersOf(trainingFirst(files))) {
    table.open(source, splitOf(name))
    await readTable(content, source, request, table)
  }
  table.close()
}

async function readTable(
  content: AsyncIterable<Uint8Array>,
  source: string,
  request: RequestOf<'csv'>,
  table: CsvTable,
): Promise<void> {
  const rows = csvParser(request)
  // Errors of the input are thrown by the loop over the rows.
  pipeline(content, rows, () => {})
  let number = 0
  let width = 0
  let held: string[][] = []
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      number++
      if (number === 1) {
        width = cells.length
        table.begin(cells)
      }
      if (cells.length !== width)
        throw new FormatError(
          `${source}, row ${number}: ${counted(width)} expected, as in row 1, but ${cells.length} found`,
        )
      if (number === 1 && request.header) continue
      held.push(cells)
      if (held.length * cells.length < HELD_CELLS) continue
      await table.append(held, number - held.length + 1)
      held = []
    }
  } catch (error) {
    throw blameFile(error, mistakeOf(error, source))
  } finally {
    rows.destroy()
  }
  if (held.length > 0) await table.append(held, number - held.length + 1)
}

function csvParser({ delimiter }: RequestOf<'csv'>) {
  return parse({
    delimiter,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    // Spaces around a quoted cell are not part of it. A delimiter that is white space must not be trimmed.
    trim: !/\s/.test(delimiter),
    max_record_size: LONGEST_ROW,
  })
}

function counted(columns: number): string {
  return columns === 1 ? '1 column is' : `${columns} columns are`
}

/** The parser's error, in terms of the file. */
function mistakeOf(error: unknown, source: string): string {
  if (!(error instanceof CsvError)) return `${source} cannot be read as CSV`
  const where = `${source}, row ${Number(error.records) + 1}`
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return `${where}: the row is longer than the limit of ${LONGEST_ROW} bytes; is a quote not closed?`
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return `${where}: a quote is not closed`
  return `${where}: a quote is misplaced; write a quote within a quoted cell as two quotes`
}
