import { AppError } from '#domain/error.ts'
import { hasStopped, type Job } from '#domain/job.ts'

/**
 * @param code the code of the error, which depends on the request @param outcome the clause for what is possible then: `artifacts exist`
 * @throws AppError unless the job is terminal or paused
 */
export function requireStopped(
  { status }: Job,
  code: 'artifact_not_ready' | 'conflict',
  outcome: string,
): void {
  if (!hasStopped(status))
    throw new AppError(code, `The job is ${status}; ${outcome} once it has ended or is paused.`)
}
