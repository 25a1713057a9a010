import { z } from 'zod'

const HUNDRED_YEARS = 3_153_600_000
const Seconds = z.int().min(1).max(HUNDRED_YEARS)

/** How long a job keeps its files after it has ended. A kind that is left out is kept until the job is deleted. */
export const ExpiresAfter = z
  .strictObject({
    checkpoints: Seconds.optional(),
    artifacts: Seconds.optional().describe('Also of the files that were made on request.'),
  })
  .meta({ id: 'ExpiresAfter' })
export type ExpiresAfter = z.infer<typeof ExpiresAfter>

/** The kinds of files of a job that expire. */
export type ExpiringKind = keyof ExpiresAfter
const KINDS: readonly ExpiringKind[] = ['checkpoints', 'artifacts']

/** When the files of a job were deleted after their retention period. */
export const Expired = z.object({
  checkpoints: z.iso.datetime().optional(),
  artifacts: z.iso.datetime().optional(),
})
export type Expired = z.infer<typeof Expired>

interface Retained {
  spec: { expiresAfterSeconds?: ExpiresAfter | undefined }
  finishedAt?: string | undefined
  expired?: Expired | undefined
}

/** When a kind of files of a job expires, in milliseconds since 1970; undefined if it does not, or has already. */
function expiryOf({ spec, finishedAt, expired }: Retained, kind: ExpiringKind): number | undefined {
  const seconds = spec.expiresAfterSeconds?.[kind]
  if (seconds === undefined || finishedAt === undefined || expired?.[kind]) return undefined
  return Date.parse(finishedAt) + 1000 * seconds
}

/** When files of a job expire next, in milliseconds since 1970; undefined if none will. */
export function nextExpiry(job: Retained): number | undefined {
  const times = KINDS.flatMap(kind => expiryOf(job, kind) ?? [])
  return times.length > 0 ? Math.min(...times) : undefined
}

/** The kinds of files that have expired at a time, in milliseconds since 1970, and are still there. */
export function dueKinds(job: Retained, now: number): ExpiringKind[] {
  return KINDS.filter(kind => (expiryOf(job, kind) ?? Number.POSITIVE_INFINITY) <= now)
}
