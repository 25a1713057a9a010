import { AppError, type Mistake } from '#domain/error.ts'
import type { QuotaName, QuotaUse } from './quotas.ts'

/** A quota has room again at no known time. */
const RETRY_SECONDS = 30

/** When a used-up quota has room again. */
const FREES: Partial<Record<QuotaName, string>> = {
  queuedJobs: 'It has room again when a queued job starts, or a queued or paused job is cancelled.',
  storedBytes: 'It has room again when jobs, datasets or models are deleted.',
}

/** The error for a request that would exceed a quota; names the quota, its use and when it has room again. */
export function quotaExceeded({ quota, of, used, limit }: QuotaUse): AppError {
  const detail = `The ${of} has used ${used} of its quota ${quota} of ${limit}. ${FREES[quota]}`
  return new AppError('quota_exceeded', detail, {
    members: { quota, of, used, limit },
    headers: { 'retry-after': String(RETRY_SECONDS) },
  })
}

/** The error for a spec that a quota of the tenant or key never allows. */
export function exceedsLimit(mistakes: readonly Mistake[]): AppError {
  const detail = mistakes.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return new AppError('limit_exceeded', detail, { mistakes })
}
