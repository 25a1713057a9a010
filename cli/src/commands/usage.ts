import type { GetUsageResponse, UsageRow } from '@thresher/client'
import { Command } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { usageError } from '../failure.ts'
import { printJson, printLines } from '../print.ts'
import { bytes, count, duration } from '../terminal/figures.ts'
import { table } from '../terminal/table.ts'
import { columnsOf } from '../terminal/terminal.ts'

interface Options {
  from?: string
  to?: string
  keyId?: string
  tenant?: string
}

/** Of a key on a day. */
interface Day extends Omit<UsageRow, 'hour'> {
  day: string
}

export default function usage(): Command {
  return new Command()
    .description('Prints what keys have used, by day (UTC).')
    .option('--from <time>', 'first hour, such as 2030-01-01 or 2030-01-01T12:00:00Z')
    .option('--to <time>', 'end')
    .option('--key-id <id>', 'only this key')
    .option('--tenant <name>', 'another tenant; only for operators')
    .addHelpText('after', examples('thresher usage', 'thresher usage --from 2030-01-01 --json'))
    .action(action(run))
}

async function run(context: Context, { from, to, keyId, tenant }: Options): Promise<void> {
  const query = {
    ...(from && { from: timeOf('--from', from) }),
    ...(to && { to: timeOf('--to', to) }),
    ...(keyId && { keyId }),
    ...(tenant && { tenant }),
  }
  const { totals } = await context.thresher.usage.list(query)
  const rows: UsageRow[] = []
  for await (const row of context.thresher.usage.list(query)) rows.push(row)
  if (context.json) printJson(context, { rows, totals })
  else printLines(context, usageLines(rows, totals, context))
}

function usageLines(
  rows: readonly UsageRow[],
  totals: GetUsageResponse['totals'],
  { out, outColors }: Context,
): string[] {
  const total = { ...totals, day: 'total', keyId: '', storedBytes: 0 }
  return table(
    [
      { title: 'day', value: ({ day }) => day },
      { title: 'key', value: ({ keyId }) => keyId, optional: 3 },
      { title: 'jobs', align: 'right', value: ({ jobs }) => count(jobs) },
      { title: 'device', align: 'right', value: ({ deviceSeconds }) => duration(deviceSeconds) },
      { title: 'examples', align: 'right', value: ({ examplesTrained }) => count(examplesTrained) },
      { title: 'sent', align: 'right', value: ({ egressBytes }) => bytes(egressBytes), optional: 1 },
      {
        title: 'stored',
        align: 'right',
        value: ({ storedBytes, day }) => (day === 'total' ? '' : bytes(storedBytes)),
        optional: 2,
      },
    ],
    [...byDay(rows), total],
    { colors: outColors, columns: columnsOf(out) },
  )
}

/** Sums of the hours; what is stored at the end of the day. Rows are newest first. */
function byDay(rows: readonly UsageRow[]): Day[] {
  const days = new Map<string, Day>()
  for (const { hour, ...row } of rows) {
    const day = hour.slice(0, 10)
    const sum = days.get(`${day} ${row.keyId}`)
    if (!sum) days.set(`${day} ${row.keyId}`, { ...row, day })
    else
      for (const field of ['deviceSeconds', 'jobs', 'examplesTrained', 'egressBytes'] as const)
        sum[field] += row[field]
  }
  return [...days.values()]
}

function timeOf(option: string, text: string): string {
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw usageError(`${option} must be a time such as 2030-01-01 or 2030-01-01T12:00:00Z.`)
  return new Date(time).toISOString()
}
