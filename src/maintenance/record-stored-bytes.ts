import type { Logger } from 'pino'
import type { ServiceStores } from '#stores/connect.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 300_000

/**
 * Records the stored bytes of every key at once and then every five minutes; the last record of an hour counts.
 * @returns a function that stops it
 */
export function recordStoredBytes(
  stores: Pick<ServiceStores, 'usage' | 'tenants' | 'lease'>,
  logger: Logger,
): () => Promise<void> {
  return runPeriodically({
    periodMs: PERIOD_MS,
    run: async () => {
      for (const tenant of await stores.tenants()) await stores.usage.recordStoredBytes(tenant)
    },
    onFailure: err => logger.warn({ err }, 'the stored bytes could not be recorded'),
    lease: { stores, name: 'stored-bytes' },
  })
}
