import type { Logger } from 'pino'
import type { ServiceStores } from '#stores/connect.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 3_600_000

/** Deletes old audit records of every tenant at once and then hourly. @returns a function that stops it */
export function trimAudit(
  stores: Pick<ServiceStores, 'audit' | 'tenants' | 'lease'>,
  logger: Logger,
): () => Promise<void> {
  return runPeriodically({
    periodMs: PERIOD_MS,
    run: async () => {
      for (const tenant of [undefined, ...(await stores.tenants())]) await stores.audit.trim(tenant)
    },
    onFailure: err => logger.warn({ err }, 'old audit records could not be deleted'),
    lease: { stores, name: 'audit' },
  })
}
