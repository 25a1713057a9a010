import type { Trial } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Sorting, sortRows } from '../../components/sort-rows.ts'
import { StatusBadge } from '../../components/status-badge.tsx'
import { formatBytes, formatNumber, formatPercent } from '../../format/numbers.ts'
import { choiceCodec, textCodec } from '../../state/codecs.ts'
import { linkTo } from '../../state/location.ts'
import { urlState } from '../../state/url-state.ts'
import { formatOnAxis } from './format-on-axis.ts'
import { plainValue } from './trial-lines.ts'
import { TRIAL_METRICS, type TrialMetric } from './trial-metrics.ts'

interface TrialTableProps {
  trials: readonly Trial[]
  front: readonly number[]
  selected: number
}

const HEADERS: Partial<Record<TrialMetric, [header: string, format: (value: number) => string]>> = {
  validationAccuracy: ['Accuracy', value => formatPercent(value)],
  validationLoss: ['Loss', value => formatNumber(value)],
  validationMeanAbsoluteError: ['Mean absolute error', value => formatNumber(value)],
  sparsity: ['Sparsity', value => formatPercent(value)],
  sparseBytes: ['Sparse file', value => formatBytes(value)],
}

const by = urlState('sort', textCodec('id'))
const order = urlState('order', choiceCodec<Sorting['order']>(['asc', 'desc'], 'asc'))

/** The trials with the values that were tried and what came of them. */
export function TrialTable({ trials, front, selected }: TrialTableProps) {
  const fields = [...new Set(trials.flatMap(({ values }) => Object.keys(values)))]
  const metrics = TRIAL_METRICS.filter(name => trials.some(({ metrics }) => metrics?.[name] !== undefined))
  const columns: Column<Trial>[] = [
    { id: 'id', header: 'Trial', sortable: true, cell: trial => <TrialLink trial={trial} /> },
    { id: 'status', header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
    ...fields.map(
      (name): Column<Trial> => ({
        ...{ id: name, header: name, sortable: true },
        cell: ({ values }) => <TriedValue name={name} value={values[name]} />,
      }),
    ),
    ...metrics.map((name): Column<Trial> => {
      const [header, format] = HEADERS[name]!
      return {
        ...{ id: name, header, numeric: true, sortable: true },
        cell: ({ metrics }) => show(metrics?.[name], format),
      }
    }),
    { id: 'front', header: 'Front', cell: ({ id }) => (front.includes(id) ? 'yes' : '') },
  ]
  return (
    <Panel title="Trials">
      <DataTable
        caption="Trials of the sweep"
        columns={columns}
        rows={sortRows(trials, trial => sortValue(trial, by.value), order.value)}
        rowKey={({ id }) => String(id)}
        sorting={{ by: by.value, order: order.value }}
        onSort={next => {
          by.value = next.by
          order.value = next.order
        }}
        selected={new Set([String(selected)])}
      />
    </Panel>
  )
}

/** In a few characters, with the exact value on hover. */
function TriedValue({ name, value }: { name: string; value: unknown }) {
  const plain = plainValue(value)
  if (plain === undefined) return <>–</>
  return <code title={String(plain)}>{formatOnAxis({ name }, plain)}</code>
}

function TrialLink({ trial: { id, kind, jobIds, error } }: { trial: Trial }) {
  const job = jobIds.at(-1)
  const word = `#${id}${kind === 'trial' ? '' : ` ${kind}`}`
  return (
    <>
      {job ? <a href={linkTo(`/jobs/${job}`)}>{word}</a> : word}
      {error && <p class="field-error">{error}</p>}
    </>
  )
}

function sortValue(trial: Trial, name: string): number | string | undefined {
  if (name === 'id') return trial.id
  return trial.metrics?.[name as TrialMetric] ?? plainValue(trial.values[name])
}

function show(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '–' : format(value)
}
