import { BlockList } from 'node:net'
import pino from 'pino'
import { releaseJobs } from '#jobs/release-jobs.ts'
import { expireDue } from '#maintenance/expire-files.ts'
import { enqueueMissing, reclaimLostJobs } from '#maintenance/reconcile-queue.ts'
import { resumeDue } from '#maintenance/release-waiting-jobs.ts'
import { WebhookSender } from '#maintenance/webhook-sender.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { addOlderJobs } from '#stores/older-jobs.ts'

const logger = pino({ level: 'silent' })

/** One round of each loop of `src/maintenance` that deals with jobs, and what an api does with them when it starts. */
export function loopsOf(stores: ServiceStores): Record<string, () => Promise<void>> {
  const sender = new WebhookSender(stores, { allowed: new BlockList() }, logger, () => {})
  return {
    'release waiting jobs': async () => {
      await resumeDue(stores, logger)
      await releaseJobs(stores)
    },
    'reconcile the queue': async () => {
      await enqueueMissing(stores, logger)
      await reclaimLostJobs(stores, logger)
    },
    'index the jobs of earlier versions, at the start': () => addOlderJobs(stores.redis),
    'expire files': () => expireDue(stores, logger, Date.now()),
    'deliver webhooks': () => sender.run(),
    'advance sweeps': async () => {
      for await (const ids of stores.allSweeps.activeIds())
        if (ids.length > 0) throw new Error('There is a sweep.')
    },
    'record stored bytes': async () => {
      for (const tenant of await stores.tenants()) await stores.usage.recordStoredBytes(tenant)
    },
    'trim the audit': async () => {
      for (const tenant of [undefined, ...(await stores.tenants())]) await stores.audit.trim(tenant)
    },
  }
}
