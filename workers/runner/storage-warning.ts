import type { Warning } from '#domain/event.ts'

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
const TROUBLE: ReadonlySet<unknown> = new Set([...FULL, 'EFBIG', 'EIO', 'EROFS'])

/** Whether a disk may take later what it does not take now. */
export function isDiskTrouble({ code }: NodeJS.ErrnoException): boolean {
  return TROUBLE.has(code)
}

/**
 * What a client is told of a job that waits for storage: `storage_full` where space is short, else `storage_failing`.
 * @param what a sentence without its reason
 */
export function storageWarning(path: string, what: string, error: Error): Warning {
  const code = FULL.has((error as NodeJS.ErrnoException).code) ? 'storage_full' : 'storage_failing'
  return { code, path, message: `${what}: ${error.message}. The job waits and tries again.` }
}

/** Whether a warning says that the job waits for storage. */
export function saysThatJobWaits({ code }: Warning): boolean {
  return code === 'storage_full' || code === 'storage_failing'
}
