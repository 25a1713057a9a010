import { AppError } from '#domain/error.ts'
import { hasStopped, type Job } from '#domain/job.ts'

/**
 * @param code of the error, which depends on what the client asked for
 * @param subject and verb of what has to wait: `artifacts exist`
 * @throws AppError unless the job is over or paused
 */
export function requireStopped(
  { status }: Job,
  code: 'artifact_not_ready' | 'conflict',
  subject: string,
): void {
  if (!hasStopped(status))
    throw new AppError(code, `The job is ${status}; ${subject} once it is over or paused.`)
}
