import type { Job } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { type Sorting, sortRows } from '../../components/sort-rows.ts'
import { jobName } from '../../format/job-name.ts'
import { formatBytes, formatMilliseconds, formatNumber, formatPercent } from '../../format/numbers.ts'
import type { ModelPoint } from './model-points.ts'
import { pointId } from './point-id.ts'

interface PointTableProps {
  models: readonly ModelPoint[]
  jobs: readonly Job[]
  front: ReadonlySet<string>
  onSelect(id: string): void
}

const VALUES: Record<string, (model: ModelPoint) => number | undefined> = {
  accuracy: ({ accuracy }) => accuracy,
  loss: ({ loss }) => loss,
  sparsity: ({ sparsity }) => sparsity,
  sizeBytes: ({ sizeBytes }) => sizeBytes,
  dense: ({ timing }) => timing?.denseMilliseconds,
  sparse: ({ timing }) => timing?.sparseMilliseconds,
}

/** Of one prediction. */
const TIMES: Column<ModelPoint>[] = (['dense', 'sparse'] as const).map(kind => ({
  id: kind,
  header: `Time, ${kind}`,
  numeric: true,
  sortable: true,
  cell: ({ timing }) => formatMilliseconds(timing?.[`${kind}Milliseconds`]),
}))

/** Every model with its figures. */
export function PointTable({ models, jobs, front, onSelect }: PointTableProps) {
  const [sorting, setSorting] = useState<Sorting>({ by: 'sparsity', order: 'desc' })
  const names = new Map(jobs.map(job => [job.id, jobName(job)]))
  const nameOf = (id: string) => names.get(id) ?? id
  const columns: Column<ModelPoint>[] = [
    { id: 'job', header: 'Job', cell: ({ jobId }) => nameOf(jobId) },
    { id: 'model', header: 'Model', cell: ({ label }) => label },
    {
      id: 'accuracy',
      header: 'Accuracy',
      numeric: true,
      sortable: true,
      cell: ({ accuracy }) => formatPercent(accuracy),
    },
    { id: 'loss', header: 'Loss', numeric: true, sortable: true, cell: ({ loss }) => formatNumber(loss) },
    {
      id: 'sparsity',
      header: 'Sparsity',
      numeric: true,
      sortable: true,
      cell: ({ sparsity }) => formatPercent(sparsity),
    },
    {
      id: 'sizeBytes',
      header: 'Bytes',
      numeric: true,
      sortable: true,
      cell: ({ sizeBytes }) => formatBytes(sizeBytes),
    },
    ...TIMES,
    { id: 'front', header: 'Front', cell: model => (front.has(pointId(model)) ? 'yes' : '') },
    {
      id: 'select',
      header: 'Download',
      cell: model => (
        <Button
          kind="quiet"
          label={`Select ${nameOf(model.jobId)}, ${model.label}`}
          onClick={() => onSelect(pointId(model))}
        >
          Select
        </Button>
      ),
    },
  ]
  return (
    <div class="chart-table">
      <DataTable
        caption="Figures of all models"
        columns={columns}
        rows={sortRows(models, VALUES[sorting.by]!, sorting.order)}
        rowKey={pointId}
        sorting={sorting}
        onSort={setSorting}
      />
    </div>
  )
}
