import type { Sweep, Trial } from '@thresher/client'
import { type Fact, factLines } from '../terminal/facts.ts'
import { ago, bytes, decimal, percent } from '../terminal/figures.ts'
import { type Column, table } from '../terminal/table.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'

/** A sweep and its trials: the best first, then those of the Pareto front. */
export function sweepSheet(sweep: Sweep, { out, outColors: colors }: Terminal): string[] {
  const { id, name, status, method, createdAt, counts, trials, best, front = [], learningRate } = sweep
  const options = { colors, columns: columnsOf(out) }
  const states = Object.entries(counts).filter(([, count]) => count > 0)
  const facts: Fact[] = [
    { name: 'sweep', value: id },
    { name: 'name', value: name },
    { name: 'status', value: [status, ...states.map(([state, count]) => `${count} ${state}`)].join(', ') },
    { name: 'search', value: method },
    { name: 'created', value: ago(createdAt) },
    { name: 'rate', value: learningRate && `${decimal(learningRate.recommended)} is recommended` },
    ...trials
      .filter(({ error }) => error)
      .map(each => ({ name: `trial ${each.id}`, value: each.error!, tone: colors.red })),
  ]
  const rank = ({ id: trial }: Trial) => (trial === best ? 0 : front.includes(trial) ? 1 : 2)
  const rows = [...trials].sort((a, b) => rank(a) - rank(b) || a.id - b.id)
  const mark = (trial: Trial) => ['★', '◆', ''][rank(trial)]!
  return [
    ...factLines(facts, options),
    '',
    ...table(columnsFor(trials, mark), rows, options),
    ...(front.length > 0 ? [colors.dim('★ best  ◆ on the Pareto front')] : []),
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

/** A number with four digits; an optimizer as its name and options. */
function shown(value: unknown): string {
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
  if (value === undefined) return ''
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return typeof value === 'string' ? value : JSON.stringify(value)
  return Object.entries(value)
    .map(([name, each]) => (name === 'name' ? shown(each) : `${name} ${shown(each)}`))
    .join(', ')
}
