import type { JobProgress, ListedJob } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { FreeText } from '../../components/free-text.tsx'
import type { Sorting } from '../../components/sort-rows.ts'
import { StatusBadge } from '../../components/status-badge.tsx'
import { Time } from '../../components/time.tsx'
import { formatBytes, formatPercent, formatRatio } from '../../format/numbers.ts'
import { linkTo } from '../../state/location.ts'
import { useDatasetNames } from '../dataset-name.ts'
import { modelName } from '../model-name.ts'
import { changeFilter, filters } from './filters.ts'
import { ProgressCell } from './progress-cell.tsx'
import type { LiveProgress } from './use-live-jobs.ts'

interface JobTableProps {
  rows: readonly ListedJob[]
  progress: LiveProgress
  selected: ReadonlySet<string>
  onSelect: (ids: string[]) => void
}

export function JobTable({ rows, progress, selected, onSelect }: JobTableProps) {
  const toggle = (id: string) =>
    onSelect(selected.has(id) ? [...selected].filter(other => other !== id) : [...selected, id])
  const allChosen = rows.every(row => selected.has(row.id))
  const all = {
    chosen: allChosen,
    toggle: () => onSelect(allChosen ? [] : rows.map(row => row.id)),
  }
  const { nameOf } = useDatasetNames()
  const sorting = { by: filters.sort.value, order: filters.order.value }
  return (
    <DataTable
      caption="Jobs"
      columns={[selectColumn(selected, toggle, all), ...columns(id => progress.get(id), nameOf)]}
      rows={[...rows]}
      rowKey={row => row.id}
      sorting={sorting}
      onSort={({ by, order }: Sorting) => changeFilter({ sort: by, order })}
      selected={selected}
    />
  )
}

function selectColumn(
  selected: ReadonlySet<string>,
  toggle: (id: string) => void,
  all: { chosen: boolean; toggle: () => void },
): Column<ListedJob> {
  return {
    id: 'select',
    header: 'Select',
    headerCell: (
      <input type="checkbox" aria-label="Select all jobs" checked={all.chosen} onChange={all.toggle} />
    ),
    cell: job => (
      <input
        type="checkbox"
        aria-label={`Select ${job.name ?? job.id}`}
        checked={selected.has(job.id)}
        onChange={() => toggle(job.id)}
      />
    ),
  }
}

function columns(
  progressOf: (id: string) => JobProgress | undefined,
  nameOf: (id: string) => string,
): Column<ListedJob>[] {
  return [
    { id: 'name', header: 'Job', cell: job => <Name job={job} /> },
    { id: 'status', header: 'Status', cell: job => <StatusBadge status={job.status} /> },
    {
      id: 'progress',
      header: 'Epoch',
      cell: job => <ProgressCell job={job} progress={progressOf(job.id)} />,
    },
    {
      id: 'sparsity',
      header: 'Sparsity',
      numeric: true,
      sortable: true,
      cell: job => formatPercent(job.metrics?.sparsity),
    },
    {
      id: 'validationAccuracy',
      header: 'Accuracy',
      numeric: true,
      sortable: true,
      cell: job => formatPercent(job.metrics?.validationAccuracy),
    },
    { id: 'size', header: 'Size', numeric: true, cell: job => <Size job={job} /> },
    { id: 'model', header: 'Model', cell: job => modelName(job.spec.model) },
    {
      id: 'dataset',
      header: 'Dataset',
      cell: job => <DatasetName id={job.spec.dataset.id} nameOf={nameOf} />,
    },
    {
      id: 'createdAt',
      header: 'Submitted',
      numeric: true,
      sortable: true,
      cell: job => <Time at={job.createdAt} />,
    },
  ]
}

function Name({ job }: { job: ListedJob }) {
  return (
    <div class="job-cell">
      <a class="job-name" href={linkTo(`/jobs/${job.id}`)}>
        <FreeText text={job.name ?? job.id} />
      </a>
      {job.warnings.length > 0 && (
        <span class="tag warn" title={job.warnings.map(warning => warning.message).join('\n')}>
          {job.warnings.length === 1 ? '1 warning' : `${job.warnings.length} warnings`}
        </span>
      )}
      {Object.entries(job.labels).map(([key, value]) => (
        <button
          key={key}
          type="button"
          class="tag"
          onClick={() => changeFilter({ label: `${key}=${value}` })}
        >
          <FreeText text={`${key}=${value}`} />
        </button>
      ))}
    </div>
  )
}

function DatasetName({ id, nameOf }: { id: string; nameOf: (id: string) => string }) {
  return <span title={id}>{nameOf(id)}</span>
}

function Size({ job: { metrics } }: { job: ListedJob }) {
  if (!metrics) return <>–</>
  return (
    <>
      {formatBytes(metrics.sparseBytes)}{' '}
      <small class="quiet">{formatRatio(metrics.denseBytes / metrics.sparseBytes)}</small>
    </>
  )
}
