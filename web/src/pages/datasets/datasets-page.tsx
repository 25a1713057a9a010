import type { Dataset } from '@thresher/client'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { NameFilter, nameFilter } from '../../components/name-filter.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { Time } from '../../components/time.tsx'
import { formatBytes, formatCount } from '../../format/numbers.ts'
import { formatShape } from '../../format/shapes.ts'
import { choiceCodec } from '../../state/codecs.ts'
import { linkTo, navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { DatasetDialog } from '../../uploads/dataset-dialog.tsx'

const MOST = 200
const CHANGING_MS = 2000

const COLUMNS: Column<Dataset>[] = [
  {
    id: 'name',
    header: 'Dataset',
    cell: ({ id, name }) => (
      <a href={linkTo(`/datasets/${id}`)}>
        <FreeText text={name} />
      </a>
    ),
  },
  { id: 'status', header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
  { id: 'shape', header: 'Example', cell: ({ inputShape }) => formatShape(inputShape) },
  { id: 'labels', header: 'Labels', cell: labelsOf },
  { id: 'train', header: 'Training', numeric: true, cell: ({ splits }) => countOf(splits?.train) },
  { id: 'test', header: 'Test', numeric: true, cell: ({ splits }) => countOf(splits?.test) },
  { id: 'size', header: 'Size', numeric: true, cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
  {
    id: 'created',
    header: 'Uploaded',
    cell: ({ createdAt }) => (createdAt ? <Time at={createdAt} /> : 'built in'),
  },
]

/** Whether the form for an upload is open. */
const upload = urlState('upload', choiceCodec<'yes' | 'no'>(['yes', 'no'], 'no'))
const setUpload = (state: 'yes' | 'no') => {
  upload.value = state
}

/** Uploaded and built-in datasets. */
export function DatasetsPage() {
  const filter = nameFilter()
  const { data, error, reload } = useLoaded(
    signal => client.value.datasets.list({ ...filter, limit: MOST }, { signal }),
    [client.value, filter.name],
  )
  const isChanging = data?.data.some(({ status }) => status === 'uploading' || status === 'validating')
  useInterval(() => isChanging && reload(), CHANGING_MS)
  return (
    <>
      <PageHeader title="Datasets">
        <NameFilter />
        <Button kind="primary" onClick={() => setUpload('yes')}>
          Upload a dataset
        </Button>
      </PageHeader>
      <DatasetDialog
        open={upload.value === 'yes'}
        onUploaded={({ id }) => navigate(`/datasets/${id}`)}
        onClose={() => setUpload('no')}
      />
      {error && <ProblemNotice error={error} title="The datasets could not be loaded." />}
      {!data && !error && <Skeleton lines={6} />}
      {data?.data.length === 0 && <EmptyState title="No dataset has a name that starts so." />}
      {data && data.data.length > 0 && (
        <DataTable caption="Datasets" columns={COLUMNS} rows={data.data} rowKey={({ id }) => id} />
      )}
      {data?.hasMore && <p class="chart-note">The newest {MOST} are shown. Filter by name to find others.</p>}
    </>
  )
}

function labelsOf({ classes, targets }: Dataset): string {
  if (targets !== undefined) return `${targets} ${targets === 1 ? 'target' : 'targets'}`
  return classes ? `${formatCount(classes.length)} classes` : '–'
}

function countOf(count: number | undefined): string {
  return count === undefined ? '–' : formatCount(count)
}
