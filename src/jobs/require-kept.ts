import { AppError } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import type { ExpiringKind } from '#domain/retention.ts'

/** Why a job has no such files any more, as a sentence without its period; undefined if they have not expired. */
export function whyExpired(
  { id, expired }: Pick<Job, 'id' | 'expired'>,
  kind: ExpiringKind,
): string | undefined {
  const at = expired?.[kind]
  return at && `the ${kind} of ${id} were deleted at ${at}, after their retention period`
}

/** @throws AppError `artifact_expired`, with the time, if the files of a job were deleted after their retention period */
export function requireKept(job: Pick<Job, 'id' | 'expired'>, kind: ExpiringKind): void {
  const why = whyExpired(job, kind)
  if (!why) return
  const message = `${why[0]!.toUpperCase()}${why.slice(1)}.`
  throw new AppError('artifact_expired', message, { members: { expiredAt: job.expired![kind]! } })
}
