import { percent, type Run } from './train.ts'

const COLUMNS = [
  'threshold at the end',
  'zeros in %',
  'weights left',
  'test accuracy in %',
  'bytes of model.sparse.safetensors',
]

/** One row for each run: the values that the sweep varies, and the last epoch. */
export function tableOf(runs: readonly Run[]): string {
  const fields = Object.keys(runs[0]!.values)
  const rows = runs.map(({ values, epochs, layers }) => {
    const { threshold, sparsity, validationAccuracy, sparseBytes } = epochs.at(-1)!
    const left = layers.reduce((sum, { nonzero }) => sum + nonzero.at(-1)!, 0)
    return [
      ...fields.map(field => show(values[field])),
      threshold === undefined ? '' : String(Number(threshold.toPrecision(3))),
      percent(sparsity),
      left.toLocaleString('en'),
      percent(validationAccuracy!),
      sparseBytes.toLocaleString('en'),
    ]
  })
  return [
    [...fields.map(field => `\`${field}\``), ...COLUMNS],
    [...fields, ...COLUMNS].map(() => '---'),
    ...rows,
  ]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** Replaces the table of a sweep, between its two comments. @throws Error if the page does not have them */
export function insertTable(page: string, sweep: string, table: string): string {
  const [begin, end] = [`<!-- table of the sweep ${sweep} -->\n`, `\n<!-- end -->`]
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`docs/guide.md has no place for the table of the sweep ${sweep}.`)
  return page.slice(0, from + begin.length) + table + page.slice(to)
}

function show(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { c, mu } = value as { c?: number; mu?: number }
  return `c ${c}, mu ${mu}`
}
