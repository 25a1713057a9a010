import { type Column, DataTable } from '../../components/data-table.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Sorting, sortRows } from '../../components/sort-rows.ts'
import { StatusBadge } from '../../components/status-badge.tsx'
import { jobName } from '../../format/job-name.ts'
import { choiceCodec } from '../../state/codecs.ts'
import { linkTo } from '../../state/location.ts'
import { urlState } from '../../state/url-state.ts'
import { bestOf } from './best-of.ts'
import { METRIC_NAMES, METRICS, type MetricName } from './compared-metrics.ts'
import type { Run } from './use-runs.ts'

/** The figures of the last epoch that are worth a column. */
const SHOWN = [
  'validationAccuracy',
  'validationLoss',
  'validationMeanAbsoluteError',
  'sparsity',
  'sparseBytes',
  'trainLoss',
  'examplesPerSecond',
] as const satisfies MetricName[]

const by = urlState('sort', choiceCodec(METRIC_NAMES, 'validationAccuracy'))
const order = urlState('order', choiceCodec<Sorting['order']>(['desc', 'asc'], 'desc'))

/** The last epoch of every run, with the best value of each metric marked. */
export function FinalFigures({ runs }: { runs: readonly Run[] }) {
  const present = SHOWN.filter(name => runs.some(run => finalOf(run, name) !== undefined))
  const sorting: Sorting = { by: by.value, order: order.value }
  const columns: Column<Run>[] = [
    {
      id: 'job',
      header: 'Job',
      cell: ({ job }) => (
        <a href={linkTo(`/jobs/${job.id}`)}>
          <FreeText text={jobName(job)} />
        </a>
      ),
    },
    { id: 'status', header: 'Status', cell: ({ job }) => <StatusBadge status={job.status} /> },
    { id: 'epoch', header: 'Epoch', numeric: true, cell: ({ epochs }) => epochs.at(-1)?.epoch ?? '–' },
    ...present.map(name => columnOf(name, runs)),
  ]
  return (
    <Panel title="Final figures">
      <DataTable
        caption="Figures of the last epoch"
        columns={columns}
        rows={sortRows(runs, run => finalOf(run, by.value), sorting.order)}
        rowKey={({ job }) => job.id}
        sorting={sorting}
        onSort={next => {
          by.value = next.by as MetricName
          order.value = next.order
        }}
      />
    </Panel>
  )
}

function columnOf(name: MetricName, runs: readonly Run[]): Column<Run> {
  // Losses of different kinds have no common scale.
  const isComparable = !/loss/i.test(name) || new Set(runs.map(({ job }) => job.spec.loss)).size === 1
  const best = isComparable
    ? bestOf(
        name,
        runs.map(run => finalOf(run, name)),
      )
    : new Set()
  const { title, format } = METRICS[name]
  return {
    ...{ id: name, header: title, numeric: true, sortable: true },
    cell: run => {
      const value = finalOf(run, name)
      if (value === undefined) return '–'
      if (!best.has(runs.indexOf(run))) return format(value)
      return (
        <strong class="best">
          {format(value)} <span class="visually-hidden">(best)</span>
        </strong>
      )
    },
  }
}

function finalOf({ epochs }: Run, name: MetricName): number | undefined {
  return epochs.at(-1)?.[name]
}
