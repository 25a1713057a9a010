import type { Job } from '@thresher/client'
import { Artifacts as ArtifactList } from '../../components/artifacts.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'

interface ArtifactsProps {
  job: Job
  /** Changes when there may be other files. */
  version: string
}

/** The files of the job. A file that does not exist yet is created when it is downloaded. */
export function Artifacts({ job, version }: ArtifactsProps) {
  const { jobs } = client.value
  const { data, error, reload } = useLoaded(() => jobs.artifacts(job.id), [job.id, version, jobs])
  return (
    <Panel title="Artifacts">
      {error && <ProblemNotice error={error} />}
      {!data && !error && <Skeleton />}
      {isWaiting(job) && (
        <p class="quiet">
          There are no files yet: they are made of the model, and the training has not left one.
        </p>
      )}
      {data && !isWaiting(job) && (
        <ArtifactList
          entries={data.data}
          request={(name, query) => jobs.artifact(job.id, name, query)}
          onDownload={reload}
        />
      )}
    </Panel>
  )
}

/** Whether the job has trained nothing yet. */
function isWaiting({ metrics }: Job): boolean {
  return metrics === undefined
}
