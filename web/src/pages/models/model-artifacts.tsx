import { Artifacts } from '../../components/artifacts.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'

/** The files of a registered model. */
export function ModelArtifacts({ id }: { id: string }) {
  const { models } = client.value
  const { data, error, reload } = useLoaded(signal => models.artifacts(id, { signal }), [models, id])
  return (
    <Panel title="Files">
      {error && <ProblemNotice error={error} />}
      {!data && !error && <Skeleton lines={6} />}
      {data && (
        <Artifacts
          entries={data.data}
          request={(name, query) => models.artifact(id, name, query)}
          onDownload={reload}
        />
      )}
    </Panel>
  )
}
