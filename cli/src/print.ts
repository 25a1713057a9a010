import type { Pages } from '@thresher/client'
import { InvalidArgumentError, Option } from 'commander'
import type { Context } from './context.ts'
import { type Column, table } from './terminal/table.ts'
import { columnsOf, type Terminal } from './terminal/terminal.ts'

export function printJson({ out }: Terminal, value: unknown): void {
  out.write(`${JSON.stringify(value)}\n`)
}

export function printLines({ out }: Terminal, lines: readonly string[]): void {
  out.write(lines.map(line => `${line}\n`).join(''))
}

export const limitOption = () =>
  new Option('-n, --limit <n>', 'the most entries to print; all: 0').default(20).argParser(text => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be 0 or a positive whole number.')
    return Number(text)
  })

/** Prints the first entries of a list: as a table, or with `--json` each entry as a line. */
export async function printList<Row>(
  context: Context,
  pages: AsyncIterable<Row> | Pages<Row>,
  columns: readonly Column<Row>[],
  { limit = 0, empty }: { limit?: number; empty: string },
): Promise<void> {
  const rows: Row[] = []
  let hasMore = false
  for await (const row of pages) {
    if (limit > 0 && rows.length === limit) {
      hasMore = true
      break
    }
    rows.push(row)
  }
  if (context.json) for (const row of rows) printJson(context, row)
  else if (rows.length === 0) context.err.write(`${context.errColors.dim(empty)}\n`)
  else
    printLines(context, table(columns, rows, { colors: context.outColors, columns: columnsOf(context.out) }))
  if (hasMore) context.err.write(`${context.errColors.dim(`The first ${limit}; --limit shows more.`)}\n`)
}
