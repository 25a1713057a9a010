import assert from 'node:assert/strict'
import { ownedBy } from '#access/owner.ts'
import type { Job } from '#domain/job.ts'
import { createSweep } from '#jobs/create-sweep.ts'
import { driveSweep } from '#jobs/drive-sweep.ts'
import { registerModel } from '#jobs/register-model.ts'
import type { Stores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'
import { SweepRequest } from '#sweeps/sweep-request.ts'
import { newDelivery } from '#webhooks/delivery.ts'
import { addArtifact, appendEvent, epochMetrics, startJob, succeed } from './drive-job.ts'
import { finishAnalysis, newAnalysis } from './finished-job.ts'
import { keyOf } from './key-of.ts'
import { newJob } from './new-job.ts'
import { storeJob } from './store-job.ts'

/** The name, the label and the value of it, of every record here that has them. */
export const MARK = 'only-of-this-tenant'

/** One record of each kind, by the name of the path parameter that is its id. `modelName` has one registered version. */
export type RecordIds = Record<
  | 'jobId'
  | 'datasetId'
  | 'modelId'
  | 'modelName'
  | 'sweepId'
  | 'analysisId'
  | 'webhookId'
  | 'deliveryId'
  | 'keyId'
  | 'tenant',
  string
>

/** Ids of the same form that no record has. */
export function absentIds(): RecordIds {
  return {
    jobId: newId('job'),
    datasetId: newId('dataset'),
    modelId: newId('model'),
    modelName: 'not-a-model',
    sweepId: newId('sweep'),
    analysisId: newId('analysis'),
    webhookId: newId('webhook'),
    deliveryId: `msg_${'0'.repeat(32)}`,
    keyId: newId('key'),
    tenant: 'nowhere',
  }
}

/** Stores one record of each kind for a tenant. @param stores of the tenant */
export async function storeRecords(stores: Stores): Promise<RecordIds> {
  const { tenant } = stores.owner
  const owned = ownedBy(stores.owner)
  const [datasetId, modelId] = [newId('dataset'), newId('model')]
  const record = { name: MARK, createdAt: new Date().toISOString(), ...owned }
  const facts = { dtype: 'uint8' as const, inputShape: [28, 28, 1], classes: [...'0123456789'] }
  await stores.datasets.create({
    ...{ ...record, id: datasetId },
    state: {
      ...{ status: 'ready', sha256: '0'.repeat(64), sizeBytes: 9 },
      facts: { ...facts, splits: { train: 1000, test: 100 } },
    },
  })
  await stores.models.create({ ...record, id: modelId, model: { preset: 'mnist-mlp' } })
  const spec = { epochs: 1, labels: { [MARK]: MARK } }
  const job = await storeFinishedJob(stores, { ...newJob(spec), name: MARK, ...owned })
  const { id: analysisId } = await newAnalysis(stores, job)
  await finishAnalysis(stores, analysisId, {}, 'per-class.csv')
  const modelName = `model-of-${tenant}`
  await registerModel(stores, { jobId: job.id, name: modelName })
  return {
    ...{ jobId: job.id, datasetId, modelId, modelName, analysisId, tenant },
    ...(await storeWebhook(stores, job.id)),
    sweepId: await storeSweep(stores),
    keyId: (await keyOf(stores, { tenant, name: MARK })).id,
  }
}

/** A job that has succeeded, with a checkpoint and an artifact. */
async function storeFinishedJob(stores: Stores, job: Job): Promise<Job> {
  const { id } = await storeJob(stores, job)
  await startJob(stores, id)
  await appendEvent(stores, id, 'epoch', epochMetrics(1))
  const stored = await stores.blobs.put(id, [Buffer.from('a checkpoint')])
  await appendEvent(stores, id, 'checkpointed', { epoch: 1, step: 469, validationLoss: 1, ...stored })
  await addArtifact(stores, id, 'metrics.csv', Buffer.from('epoch\r\n'))
  await succeed(stores, id)
  return await stores.jobs.require(id)
}

/** A webhook with a delivery that no process sends. */
export async function storeWebhook({ webhooks, deliveries, owner }: Stores, jobId: string) {
  const now = new Date()
  const [webhookId, createdAt] = [newId('webhook'), now.toISOString()]
  const target = { url: `https://${MARK}.example`, types: ['*' as const], enabled: true }
  const secrets = [{ secret: `whsec_${MARK}` }]
  await webhooks.create({ ...target, id: webhookId, name: MARK, createdAt, secrets, ...ownedBy(owner) })
  const event = { type: 'job.succeeded' as const, id: jobId, seq: 1, time: createdAt }
  const delivery = newDelivery(webhookId, event, now)
  await deliveries.add(webhookId, delivery)
  return { webhookId, deliveryId: delivery.id }
}

/** A sweep that has submitted its jobs. */
async function storeSweep(stores: Stores): Promise<string> {
  const request = SweepRequest.parse({
    name: MARK,
    base: { model: { preset: 'mnist-mlp' } },
    search: { method: 'grid' },
    space: { 'optimizer.c': [0.001] },
  })
  const context = { ...stores, datasetsDir: '' }
  const { sweep } = await createSweep(context, request)
  await driveSweep(context, sweep.id, {
    log: { info: () => {}, warn: assert.fail, error: assert.fail } as never,
  })
  return sweep.id
}
