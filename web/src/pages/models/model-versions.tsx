import type { Model } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Time } from '../../components/time.tsx'
import { formatPercent } from '../../format/numbers.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'

type Version = NonNullable<Model['versions']>[number]

const COLUMNS: Column<Version>[] = [
  {
    id: 'version',
    header: 'Version',
    cell: ({ id }) => <a href={linkTo(`/models/${encodeURIComponent(id)}`)}>{id}</a>,
  },
  {
    id: 'accuracy',
    header: 'Validation accuracy',
    numeric: true,
    cell: ({ validationAccuracy }) => formatPercent(validationAccuracy),
  },
  { id: 'sparsity', header: 'Sparsity', numeric: true, cell: ({ sparsity }) => formatPercent(sparsity) },
  { id: 'created', header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

/** The versions of a registered name, newest first. */
export function ModelVersions({ name, shown }: { name: string; shown: string }) {
  const { data, error } = useLoaded(
    signal => client.value.models.versions(name, { signal }),
    [client.value, name],
  )
  return (
    <Panel title={`Versions of ${name}`}>
      {error && <ProblemNotice error={error} />}
      {!data && !error && <Skeleton />}
      {data && (
        <DataTable
          caption={`Versions of ${name}`}
          columns={COLUMNS}
          rows={data}
          rowKey={({ id }) => id}
          selected={new Set([shown])}
        />
      )}
    </Panel>
  )
}
