import type { Job } from '@thresher/client'
import { Time } from '../../components/time.tsx'

const QUOTAS = { runningJobs: 'running jobs', deviceSecondsPerDay: 'device seconds per day' }

/** What went wrong, what holds the job back, and its warnings. */
export function JobNotices({ job }: { job: Job }) {
  const { error, waitsFor, warnings, resumesAt, expired } = job
  return (
    <>
      {error && (
        <div class="notice bad">
          <strong>The training failed: {error.code}</strong>
          <p>{error.message}</p>
        </div>
      )}
      {waitsFor && (
        <p class="notice warn">
          The job waits for the quota of {QUOTAS[waitsFor.quota]} of its {waitsFor.of}.
          {waitsFor.until && (
            <>
              {' '}
              It has room <Time at={waitsFor.until} />.
            </>
          )}
        </p>
      )}
      {resumesAt && job.status === 'paused' && (
        <p class="notice warn">
          A quota is used up. The job continues <Time at={resumesAt} />.
        </p>
      )}
      {expired?.artifacts && (
        <p class="notice">
          The artifacts expired and were deleted <Time at={expired.artifacts} />.
        </p>
      )}
      {warnings.length > 0 && (
        <div class="notice warn">
          <strong>{warnings.length === 1 ? 'Warning' : `${warnings.length} warnings`}</strong>
          <ul>
            {warnings.map(({ code, path, message }) => (
              <li key={`${code} ${path}`}>
                {path && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
