import type { Job } from '@thresher/client'
import { shortId } from '../job-id.ts'
import { bytes, decimal, duration, percent } from '../terminal/figures.ts'
import { table } from '../terminal/table.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'

/** A field of the specs, or a figure of the results: one value for each job, null where it is absent. */
interface Row {
  field: string
  kind: 'spec' | 'result'
  values: unknown[]
}

const RESULTS: [field: string, value: (job: Job) => unknown][] = [
  ['status', ({ status }) => status],
  ['validationAccuracy', ({ metrics }) => metrics?.validationAccuracy],
  ['validationMeanAbsoluteError', ({ metrics }) => metrics?.validationMeanAbsoluteError],
  ['validationLoss', ({ metrics }) => metrics?.validationLoss],
  ['sparsity', ({ metrics }) => metrics?.sparsity],
  ['sparseBytes', ({ metrics }) => metrics?.sparseBytes],
  [
    'seconds',
    ({ startedAt, finishedAt }) =>
      startedAt && finishedAt ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : undefined,
  ],
]

/** The fields in which the specs of the jobs differ, by path, and the results that at least one of them has. */
export function differences(jobs: readonly Job[]): Row[] {
  const specs = jobs.map(({ spec, labels }) => flatten({ ...spec, labels }))
  const paths = [...new Set(specs.flatMap(spec => [...spec.keys()]))]
  const fields = paths.map(path => ({
    field: path,
    kind: 'spec' as const,
    values: specs.map(spec => spec.get(path) ?? null),
  }))
  const results = RESULTS.map(([field, value]) => ({
    field,
    kind: 'result' as const,
    values: jobs.map(job => value(job) ?? null),
  }))
  return [
    ...fields.filter(({ values }) => values.some(value => value !== values[0])),
    ...results.filter(({ values }) => values.some(value => value !== null)),
  ]
}

/** The leaves of a JSON value by their paths. A topology is one leaf: its layers do not correspond by position. */
function flatten(value: unknown, path = ''): Map<string, unknown> {
  if (path === 'model.topology') return new Map([[path, JSON.stringify(value)]])
  if (typeof value !== 'object' || value === null) return new Map([[path, value]])
  const entries = Object.entries(value)
  return new Map(
    entries.flatMap(([name, each]) => [...flatten(each, path === '' ? name : `${path}.${name}`)]),
  )
}

export function comparisonTable(
  jobs: readonly Job[],
  rows: readonly Row[],
  { out, outColors: colors }: Terminal,
): string[] {
  return table(
    [
      { title: '', value: ({ field }) => field, color: colors.dim, shrinkTo: 16 },
      ...jobs.map(({ name, id }, index) => ({
        title: name ?? shortId(id),
        align: 'right' as const,
        value: (row: Row) => format(row, row.values[index]),
        shrinkTo: 10,
      })),
    ],
    rows,
    { colors, columns: columnsOf(out) },
  )
}

const FORMATS: Record<string, (value: number) => string> = {
  validationAccuracy: percent,
  validationMeanAbsoluteError: decimal,
  validationLoss: decimal,
  sparsity: percent,
  sparseBytes: bytes,
  seconds: duration,
}

function format({ field, kind }: Row, value: unknown): string {
  if (value === null) return '–'
  if (field === 'model.topology') return 'differs'
  const formatted = kind === 'result' && typeof value === 'number' ? FORMATS[field] : undefined
  return formatted ? formatted(value as number) : String(value)
}
