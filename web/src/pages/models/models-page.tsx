import type { Model } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { NameFilter, nameFilter } from '../../components/name-filter.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Time } from '../../components/time.tsx'
import { formatBytes, formatCount, formatPercent } from '../../format/numbers.ts'
import { formatShape } from '../../format/shapes.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { kindOf, type ModelKind } from './model-kind.ts'

const MOST = 200

const NAME: Column<Model> = {
  id: 'name',
  header: 'Model',
  cell: ({ id, name, version }) => (
    <a href={linkTo(`/models/${encodeURIComponent(id)}`)}>
      <FreeText text={version === undefined ? (name ?? id) : id} />
    </a>
  ),
}
const NETWORK: Column<Model>[] = [
  { id: 'input', header: 'Input', cell: ({ inputShape }) => formatShape(inputShape) },
  {
    id: 'parameters',
    header: 'Parameters',
    numeric: true,
    cell: ({ parameters }) => formatCount(parameters),
  },
]
const WEIGHTS: Column<Model> = {
  id: 'weights',
  header: 'Weights',
  numeric: true,
  cell: ({ weights }) => (weights ? formatBytes(weights.sizeBytes) : 'none'),
}
const CREATED: Column<Model> = {
  id: 'created',
  header: 'Created',
  cell: ({ createdAt }) => createdAt && <Time at={createdAt} />,
}

const COLUMNS: Record<ModelKind, Column<Model>[]> = {
  registered: [
    NAME,
    {
      id: 'accuracy',
      header: 'Validation accuracy',
      numeric: true,
      cell: ({ metrics }) => formatPercent(metrics?.validationAccuracy),
    },
    {
      id: 'sparsity',
      header: 'Sparsity',
      numeric: true,
      cell: ({ metrics }) => formatPercent(metrics?.sparsity),
    },
    ...NETWORK,
    { id: 'job', header: 'Job', cell: ({ jobId }) => jobId && <a href={linkTo(`/jobs/${jobId}`)}>job</a> },
    CREATED,
  ],
  uploaded: [NAME, ...NETWORK, WEIGHTS, CREATED],
  preset: [
    NAME,
    { id: 'description', header: 'Description', cell: ({ description }) => description, wrap: true },
    ...NETWORK,
  ],
}

const TITLES: [ModelKind, string][] = [
  ['registered', 'Registered models'],
  ['uploaded', 'Uploaded models'],
  ['preset', 'Presets'],
]

/** Models that jobs can train or start from. */
export function ModelsPage() {
  const filter = nameFilter()
  const { data, error } = useLoaded(
    signal => client.value.models.list({ ...filter, limit: MOST }, { signal }),
    [client.value, filter.name],
  )
  return (
    <>
      <PageHeader title="Models">
        <NameFilter />
        <a class="button" href={linkTo('/models/register')}>
          Register a model
        </a>
      </PageHeader>
      {error && <ProblemNotice error={error} title="The models could not be loaded." />}
      {!data && !error && <Skeleton lines={8} />}
      {data?.data.length === 0 && <EmptyState title="No model has a name that starts so." />}
      <div class="stack">
        {data && TITLES.map(([kind, title]) => <Group key={kind} {...{ kind, title }} models={data.data} />)}
      </div>
      {data?.hasMore && <p class="chart-note">The newest {MOST} are shown. Filter by name to find others.</p>}
    </>
  )
}

function Group({ kind, title, models }: { kind: ModelKind; title: string; models: Model[] }) {
  const rows = models.filter(model => kindOf(model) === kind)
  if (rows.length === 0) return null
  return (
    <Panel title={title}>
      <DataTable caption={title} columns={COLUMNS[kind]} rows={rows} rowKey={({ id }) => id} />
    </Panel>
  )
}
