import type { Dataset } from '@thresher/client'
import { ActButton } from '../../components/act-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { TagList } from '../../components/tag-list.tsx'
import { Time } from '../../components/time.tsx'
import { formatBytes, formatCount } from '../../format/numbers.ts'
import { formatShape } from '../../format/shapes.ts'
import type { PageProps } from '../../routes.ts'
import { linkTo, navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { ChannelStatistics } from './channel-statistics.tsx'

const CHANGING_MS = 1000

/** One dataset: what its examples are, and how its files were read. */
export function DatasetPage({ params: { id = '' } }: PageProps) {
  const { data, error, reload } = useLoaded(
    signal => client.value.datasets.get(id, { signal }),
    [client.value, id],
  )
  useInterval(() => isChanging(data) && reload(), CHANGING_MS)
  if (error)
    return (
      <>
        <PageHeader title="Dataset" />
        <ProblemNotice error={error} />
      </>
    )
  if (!data) return <Skeleton lines={8} />
  return (
    <>
      <PageHeader title={data.name} aside={<StatusBadge status={data.status} />}>
        <Actions dataset={data} />
      </PageHeader>
      {data.error && (
        <div class="notice bad" role="alert">
          <strong>The files are not a valid dataset.</strong>
          <p>{data.error}</p>
        </div>
      )}
      {data.inputShape && <Details dataset={data} />}
    </>
  )
}

function Actions({ dataset: { id, name, status, createdAt } }: { dataset: Dataset }) {
  return (
    <>
      {createdAt && (
        <ActButton
          action="Delete"
          title={
            <>
              Delete <bdi>{name}</bdi>?
            </>
          }
          act={() => client.value.datasets.delete(id)}
          onDone={() => navigate('/datasets')}
        >
          <p>Its files are deleted. Jobs that trained on it remain, and new jobs cannot use it.</p>
        </ActButton>
      )}
      {status === 'ready' && (
        <a class="button primary" href={linkTo('/submit', { spec: JSON.stringify({ dataset: { id } }) })}>
          Train on it
        </a>
      )}
    </>
  )
}

function Details({ dataset }: { dataset: Dataset }) {
  const { classes = [], statistics, notes = [], columns = [], labelColumns } = dataset
  return (
    <div class="columns">
      <div class="stack">
        <Panel title="Examples">
          <Facts facts={factsOf(dataset)} />
        </Panel>
        {notes.length > 0 && <Notes notes={notes} />}
      </div>
      <div class="stack">
        {classes.length > 0 && (
          <Panel title={`${formatCount(classes.length)} classes, by label`}>
            <TagList words={classes} numbered />
          </Panel>
        )}
        {columns.length > 0 && (
          <Panel title={`${formatCount(columns.length)} columns`}>
            <TagList words={columns} />
            {labelColumns && <p class="hint">Labels: {labelColumns.join(', ')}</p>}
          </Panel>
        )}
        {statistics && (
          <Panel title="Training split, by channel">
            <ChannelStatistics {...statistics} />
          </Panel>
        )}
      </div>
    </div>
  )
}

function Notes({ notes }: { notes: string[] }) {
  return (
    <Panel title="How the files were read">
      <ul class="notes">
        {notes.map(note => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Panel>
  )
}

function factsOf(dataset: Dataset): [string, preact.ComponentChildren][] {
  const { id, dtype, inputShape, targets, splits, images, folder, sizeBytes, sha256, createdAt } = dataset
  return [
    ['Id', <code key="id">{id}</code>],
    ['Shape', `${formatShape(inputShape)}, ${dtype}`],
    ['Targets', targets],
    ['Training split', splits && `${formatCount(splits.train)} examples`],
    ['Test split', splits && `${formatCount(splits.test)} examples`],
    ['Images', images && 'of different sizes, decoded during training'],
    ['Folder', folder && <code key="folder">{folder}</code>],
    ['Size', sizeBytes === undefined ? undefined : `${formatBytes(sizeBytes)} stored`],
    ['SHA-256', sha256 && <code key="sha256">{sha256}</code>],
    ['Uploaded', createdAt && <Time key="time" at={createdAt} />],
  ]
}

function isChanging(dataset: Dataset | undefined): boolean {
  return dataset?.status === 'uploading' || dataset?.status === 'validating'
}
