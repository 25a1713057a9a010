import '#children/end-with-parent.ts'

import { join } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { openChildren } from '#children/open-children.ts'
import { isLoopbackAddress } from '#http/require-loopback.ts'
import { advanceSweeps } from '#maintenance/advance-sweeps.ts'
import { deleteOrphanBlobs } from '#maintenance/delete-orphan-blobs.ts'
import { deliverWebhooks } from '#maintenance/deliver-webhooks.ts'
import { expireFiles } from '#maintenance/expire-files.ts'
import { finishUploads } from '#maintenance/finish-uploads.ts'
import { reconcileQueue } from '#maintenance/reconcile-queue.ts'
import { recordStoredBytes } from '#maintenance/record-stored-bytes.ts'
import { releaseWaitingJobs } from '#maintenance/release-waiting-jobs.ts'
import { settleLostUploads } from '#maintenance/settle-lost-uploads.ts'
import { trimAudit } from '#maintenance/trim-audit.ts'
import { connectStores } from '#stores/connect.ts'
import { addOlderJobs } from '#stores/older-jobs.ts'
import { checkRedisDurability } from '#stores/redis-durability.ts'
import { logUploadFault } from '#uploads/log-upload-fault.ts'
import { claimUploads, resumeUploads, uploadsOf } from '#uploads/resume-uploads.ts'
import { networksOf } from '#webhooks/public-address.ts'
import { createApp } from './app.ts'
import { loadConfig } from './config.ts'
import { createLogger } from './logger.ts'
import { refuseToStart } from './refuse-to-start.ts'

const CLOSE_MS = 10_000
const GOOD_KEY_LENGTH = 16

const config = loadConfig()
const logger = createLogger('api', config.logLevel)
const fail = (error: Error) => refuseToStart(logger, error)
const stores = await connectStores(config).catch(fail)
const adminKey = config.adminKey ? await stores.keys.setAdminKey(config.adminKey) : undefined
const hasKeys = await stores.keys.exist()
if (!hasKeys && !isLoopbackAddress(config.host)) {
  fail(
    new Error(
      `HOST is ${config.host}, which other machines can reach: set ADMIN_KEY or ADMIN_KEY_FILE, or listen on 127.0.0.1 and create a key there first.`,
    ),
  )
}
if (config.adminKey && config.adminKey.length < GOOD_KEY_LENGTH)
  logger.warn('ADMIN_KEY is short enough to be guessed; `openssl rand -hex 32` makes a good one')
if (adminKey?.revokedAt) logger.warn('ADMIN_KEY has been revoked and is refused; set another one')
const uploads = join(config.dataDir, 'uploads')
const uploadsDir = uploadsOf(uploads, process.pid)
const children = openChildren({ datasetsDir: config.datasetsDir, scratch: uploadsDir })
await checkRedisDurability(stores.redis, logger)
void resumeUploads(
  { ...stores, ...children, datasets: stores.allDatasets },
  await claimUploads(uploads),
  (err, datasetId) => logUploadFault(logger, err, datasetId),
)
addOlderJobs(stores.redis).catch(err =>
  logger.warn(
    { err },
    'jobs of an earlier version could not be indexed; lists that are sorted by a metric may not contain them',
  ),
)
const app = await createApp(stores, children, { ...config, hasKeys, uploadsDir, logger })
const stopMaintenance = [
  reconcileQueue(stores, logger),
  releaseWaitingJobs(stores, logger),
  advanceSweeps({ ...stores, datasetsDir: config.datasetsDir }, logger),
  deleteOrphanBlobs(stores, logger),
  deliverWebhooks(stores, { allowed: networksOf(config.webhookAllowedNetworks) }, logger),
  expireFiles(stores, logger),
  settleLostUploads(stores, uploads, logger),
  finishUploads({ ...stores, ...children }, uploadsDir, logger),
  recordStoredBytes(stores, logger),
  trimAudit(stores, logger),
]
closeWithGrace({ delay: CLOSE_MS, logger }, async () => {
  await app.close()
  await Promise.all(stopMaintenance.map(stop => stop()))
  await children.close()
  await stores.close()
})
await app.listen({ host: config.host, port: config.port }).catch(fail)
children.predictor.warmUp().catch(err => logger.warn({ err }, 'no process for predictions could be started'))
process.send?.('ready')
