import type { Warning } from '#domain/event.ts'

const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
const DISK_CODES: ReadonlySet<unknown> = new Set([...FULL_CODES, 'EFBIG', 'EIO', 'EROFS'])

/** Whether the disk refused a write that may succeed later. */
export function isDiskError({ code }: NodeJS.ErrnoException): boolean {
  return DISK_CODES.has(code)
}

/**
 * The warning of a job that waits for storage: `storage_full` if the disk or quota is full, otherwise `storage_failing`.
 * @param what a sentence without its reason and full stop
 */
export function storageWarning(path: string, what: string, error: Error): Warning {
  const code = FULL_CODES.has((error as NodeJS.ErrnoException).code) ? 'storage_full' : 'storage_failing'
  return { code, path, message: `${what}: ${error.message}. The job waits and retries.` }
}

/** Whether a warning reports that the job waits for storage. */
export function isStorageWarning({ code }: Warning): boolean {
  return code === 'storage_full' || code === 'storage_failing'
}
