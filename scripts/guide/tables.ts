import type { TradeoffPoint } from '@thresher/client'
import type { Explanation } from '../../cli/src/mcp/explain/explanation.ts'
import { FAILURES } from '../../cli/src/mcp/explain/failures.ts'
import { WARNINGS } from '../../cli/src/mcp/explain/warnings.ts'
import { percent, type Run } from './train.ts'

/** The tables of docs/guide.md that need no training: what each code means. */
export const CODE_TABLES = { warnings: codeTable(WARNINGS), failures: codeTable(FAILURES) }

function codeTable(explanations: Readonly<Record<string, Explanation>>): string {
  const rows = Object.entries(explanations).map(([code, { meaning, remedy }]) => [
    `\`${code}\``,
    meaning,
    remedy,
  ])
  return tableOf(['code', 'meaning', 'what to do'], rows)
}

/** One row for each run: the values that the sweep varies, and the last epoch. Columns without a value in any row are left out. */
export function runTable(runs: readonly Run[]): string {
  const rows = runs.map(cellsOf)
  const columns = Object.keys(rows[0]!).filter(column => rows.some(row => row[column] !== ''))
  return tableOf(
    columns,
    rows.map(row => columns.map(column => row[column]!)),
  )
}

function cellsOf({ values, epochs, layers }: Run): Record<string, string> {
  const { threshold, sparsity, validationAccuracy, sparseBytes } = epochs.at(-1)!
  const left = layers.reduce((sum, { nonzero }) => sum + nonzero.at(-1)!, 0)
  return {
    ...Object.fromEntries(Object.entries(values).map(([field, value]) => [`\`${field}\``, show(value)])),
    'threshold at the end': threshold === undefined ? '' : String(Number(threshold.toPrecision(3))),
    'zeros in %': percent(sparsity),
    'weights left': left.toLocaleString('en'),
    'test accuracy in %': percent(validationAccuracy!),
    'bytes of the sparse file': sparseBytes.toLocaleString('en'),
  }
}

const LEVELS = [0.9, 0.95, 0.98, 0.99]

/** What the targets reach, beside cutting two trained networks to the same sparsities. */
export function cutTable(byScale: readonly Run[], byTarget: readonly Run[]): string {
  const target = LEVELS.map(level => {
    const run = byTarget.find(({ values }) => values['target.sparsity'] === level)!
    return percent(run.epochs.at(-1)!.validationAccuracy!)
  })
  const cut = (c: number) => {
    const run = byScale.find(({ values }) => values['optimizer.c'] === c)!
    return LEVELS.map(level => percent(cutAt(run, level).validationAccuracy!))
  }
  return tableOf(
    ['', ...LEVELS.map(level => `${Math.round(100 * level)} % zeros`)],
    [
      ['a target', ...target],
      ['c = 0.002, then cut by magnitude', ...cut(0.002)],
      ['c = 0 (SGD), then cut by magnitude', ...cut(0)],
    ],
  )
}

function cutAt({ tradeoff }: Run, level: number): TradeoffPoint {
  return tradeoff!.points.find(
    ({ rule, scope, sparsity }) => rule === 'magnitude' && scope === 'global' && sparsity >= level - 1e-6,
  )!
}

function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** Replaces a table of the page, between its two comments. @param path of the page, for the error @throws Error if the page does not have them */
export function insertTable(page: string, name: string, table: string, path = 'docs/guide.md'): string {
  const [begin, end] = [`<!-- table: ${name} -->\n\n`, `\n\n<!-- end -->`]
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`${path} has no place for the table ${name}.`)
  return page.slice(0, from + begin.length) + table + page.slice(to)
}

function show(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { c, mu } = value as { c?: number; mu?: number }
  return `c ${c}, mu ${mu}`
}
