import { AppError, type Mistake } from '#domain/error.ts'
import type { QuotaName, QuotaUse } from './quotas.ts'

/** When a used-up quota has room again. */
const FREES: Partial<Record<QuotaName, string>> = {
  queuedJobs: 'It has room again when a queued job starts, is paused or is cancelled.',
  storedBytes: 'It has room again when jobs, datasets or models are deleted.',
}

/** The error for a request that would exceed a quota; names the quota, its use and when it has room again. */
export function quotaExceeded({ quota, of, used, limit }: QuotaUse): AppError {
  const detail = `The ${of} has used ${used} of its quota ${quota} of ${limit}. ${FREES[quota]}`
  return new AppError('quota_exceeded', detail, { members: { quota, of, used, limit } })
}

/** The error for a spec that a quota of the tenant or key never allows. */
export function exceedsLimit(mistakes: readonly Mistake[]): AppError {
  const detail = mistakes.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return new AppError('limit_exceeded', detail, { mistakes })
}
