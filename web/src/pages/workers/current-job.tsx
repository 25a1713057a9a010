import type { ListedJob } from '@thresher/client'
import { FreeText } from '../../components/free-text.tsx'
import { linkTo } from '../../state/location.ts'

/** The job of a worker, with its progress. */
export function CurrentJob({ id, job }: { id: string | undefined; job: ListedJob | undefined }) {
  if (id === undefined) return <span class="quiet">none</span>
  // An analysis is not in the list of jobs, and has no page.
  if (!job) return <code>{id}</code>
  const { name, progress } = job
  return (
    <div class="current-job">
      <a href={linkTo(`/jobs/${id}`)}>
        <FreeText text={name ?? id} />
      </a>
      {progress && (
        <>
          <progress class="bar" value={progress.fraction} max={1} aria-label="Progress" />
          <span class="quiet">
            epoch {progress.epoch} of {progress.epochs}
          </span>
        </>
      )}
    </div>
  )
}
