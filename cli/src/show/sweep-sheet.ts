import type { Sweep, Trial } from '@thresher/client'
import { ago, bytes, decimal, percent } from '../terminal/figures.ts'
import { type Column, table } from '../terminal/table.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

const WIDTH = 10

/** A sweep and its trials: the best first, then those of the Pareto front. */
export function sweepSheet(sweep: Sweep, { out, outColors: colors }: Terminal): string[] {
  const { id, name, status, method, createdAt, counts, trials, best, front = [], learningRate } = sweep
  const facts: [string, string][] = [
    ['sweep', id],
    ['name', name ?? ''],
    [
      'status',
      `${status}, ${Object.entries(counts)
        .map(([key, count]) => `${count} ${key}`)
        .join(', ')}`,
    ],
    ['search', method],
    ['created', ago(createdAt)],
    ['rate', learningRate ? `${decimal(learningRate.recommended)} recommended` : ''],
  ]
  const rank = ({ id: trial }: Trial) => (trial === best ? 0 : front.includes(trial) ? 1 : 2)
  const rows = [...trials].sort((a, b) => rank(a) - rank(b) || a.id - b.id)
  const mark = (trial: Trial) => ['★', '◆', ''][rank(trial)]!
  return [
    ...facts.filter(([, value]) => value !== '').map(([key, value]) => colors.dim(key.padEnd(WIDTH)) + value),
    '',
    ...table(columnsFor(trials, mark), rows, { colors, columns: columnsOf(out) }),
    ...(front.length > 0 ? [colors.dim('★ best  ◆ on the Pareto front')] : []),
    ...trials
      .filter(({ error }) => error)
      .map(({ id: trial, error }) => `${colors.red('error')}  trial ${trial}: ${harmless(error!)}`),
  ]
}

function columnsFor(trials: readonly Trial[], mark: (trial: Trial) => string): Column<Trial>[] {
  const fields = [...new Set(trials.flatMap(({ values }) => Object.keys(values)))]
  const metric = (
    title: string,
    value: (metrics: NonNullable<Trial['metrics']>) => string | undefined,
    optional: number,
  ): Column<Trial> => ({
    title,
    align: 'right',
    value: ({ metrics }) => (metrics ? (value(metrics) ?? '') : ''),
    optional,
  })
  return [
    { title: '', value: mark },
    { title: 'trial', align: 'right', value: ({ id }) => String(id) },
    ...fields.map(field => ({
      title: field,
      value: ({ values }: Trial) => shown(values[field]),
      shrinkTo: 8,
    })),
    { title: 'status', value: ({ status }) => status },
    metric(
      'accuracy',
      ({ validationAccuracy }) =>
        validationAccuracy === undefined ? undefined : percent(validationAccuracy),
      0,
    ),
    metric('zeros', ({ sparsity }) => (sparsity === undefined ? undefined : percent(sparsity)), 0),
    metric('file', ({ sparseBytes }) => (sparseBytes === undefined ? undefined : bytes(sparseBytes)), 1),
  ]
}

function shown(value: unknown): string {
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}
