import type { ManifestEntry } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { DownloadButton } from '../../components/download-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { formatBytes } from '../../format/numbers.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'

/** The files of a registered model. */
export function ModelArtifacts({ id }: { id: string }) {
  const { data, error, reload } = useLoaded(
    signal => client.value.models.artifacts(id, { signal }),
    [client.value, id],
  )
  return (
    <Panel title="Files">
      {error && <ProblemNotice error={error} />}
      {!data && !error && <Skeleton lines={6} />}
      {data && (
        <DataTable
          caption="Files"
          columns={columnsOf(id, reload)}
          rows={usualFiles(data.data)}
          rowKey={({ name }) => name}
        />
      )}
    </Panel>
  )
}

/** Without the variants of files that were requested before. */
function usualFiles(entries: ManifestEntry[]): ManifestEntry[] {
  return entries.filter(({ name }, index) => entries.findIndex(other => other.name === name) === index)
}

function columnsOf(id: string, reload: () => void): Column<ManifestEntry>[] {
  return [
    {
      id: 'name',
      header: 'File',
      wrap: true,
      cell: ({ name, description }) => (
        <>
          <code>{name}</code>
          <div class="hint">{description}</div>
        </>
      ),
    },
    {
      id: 'size',
      header: 'Size',
      numeric: true,
      cell: ({ sizeBytes }) => (sizeBytes === undefined ? 'on download' : formatBytes(sizeBytes)),
    },
    {
      id: 'download',
      header: 'Download',
      cell: ({ name }) => (
        <DownloadButton name={name} request={() => client.value.models.artifact(id, name)} onDone={reload} />
      ),
    },
  ]
}
