import type { Redis } from 'ioredis'
import { AppError } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import type { ExpiringRecord } from './job-scripts.ts'
import { redisKeys } from './redis-keys.ts'

/** How long the answer to a claim is kept. */
export const CLAIM_SECONDS = 86_400

/** The right to create one job or sweep under an `Idempotency-Key`. */
export interface IdempotencyClaim {
  /** Key, caller and route. */
  scope: string
  /** Digest of the canonical body. */
  bodyDigest: string
}

/** The jobs that were created under an idempotency key, in the state of the first response; each is kept for a day. */
export class IdempotencyStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** The job that a claim has created before. @throws AppError `idempotency_key_reused` if the key was used with another body */
  async find({ scope, bodyDigest }: IdempotencyClaim): Promise<Job | undefined> {
    const found = await this.#redis.get(redisKeys.idempotency(scope))
    return found === null ? undefined : replayOf<{ job: Job }>(found, bodyDigest).job
  }
}

/** The record of a claim that creates a job. */
export function recordOf({ scope, bodyDigest }: IdempotencyClaim, job: Job): ExpiringRecord {
  return {
    key: redisKeys.idempotency(scope),
    text: JSON.stringify({ bodyDigest, job }),
    seconds: CLAIM_SECONDS,
  }
}

/** What a claim has created, from the record of it. @throws AppError `idempotency_key_reused` */
export function replayOf<Created extends object>(record: string, bodyDigest: string): Created {
  const earlier: { bodyDigest: string } & Created = JSON.parse(record)
  if (earlier.bodyDigest === bodyDigest) return earlier
  throw new AppError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another body; use a new key.',
  )
}
