import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { deleteOrphans } from '#maintenance/delete-orphan-blobs.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import { addArtifact, appendEvent, startNewJob } from '#test/support/drive-job.ts'
import { finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

let test: TestStores
before(async () => {
  test = await startStores()
})
after(() => test.stop())

it('only blobs that no job refers to are deleted, once they are old', async () => {
  const { exports, blobs } = test.stores
  const jobId = await startNewJob(test.stores)
  const artifact = await addArtifact(test.stores, jobId, 'metrics.csv', Buffer.from('metrics'))
  const checkpoint = await blobs.put(jobId, [Buffer.from('checkpoint')])
  const loss = { validationAccuracy: 0.9, validationLoss: 1 }
  await appendEvent(test.stores, jobId, 'checkpointed', { epoch: 1, step: 1, ...loss, ...checkpoint })
  const exported = await blobs.put(jobId, [Buffer.from('exported')])
  await exports.record({ id: jobId }, 'report.html?step=1', { ...artifact, ...exported, name: 'report.html' })
  const unreachable = await blobs.put(jobId, [Buffer.from('of a checkpoint that is no longer kept')])
  await exports.record({ id: jobId }, 'report.html?step=0', {
    ...artifact,
    ...unreachable,
    name: 'report.html',
  })
  const unnamed = await blobs.put(jobId, [Buffer.from('left by a crash')])
  const stray = await blobs.put('job_gone', [Buffer.from('of a job that was deleted')])

  assert.equal(await deleteOrphans(test.stores, new Date(Date.now() - 3_600_000)), 0)
  assert.equal(await deleteOrphans(test.stores, new Date(Date.now() + 1_000)), 3)
  for (const { sha256 } of [unnamed, unreachable])
    await assert.rejects(blobs.stat(jobId, sha256), BlobNotFoundError)
  assert.deepEqual([...(await exports.list(jobId)).keys()], ['report.html?step=1'])
  await assert.rejects(blobs.stat('job_gone', stray.sha256), BlobNotFoundError)
  for (const { sha256 } of [artifact, checkpoint, exported]) await blobs.stat(jobId, sha256)
})

it('an analysis keeps its copies of the checkpoints that it analyses', async () => {
  const { blobs } = test.stores
  const analysis = await newAnalysis(test.stores, await finishedJob(test.stores))
  const stray = await blobs.put(analysis.id, [Buffer.from('left by a crash')])
  assert.equal(await deleteOrphans(test.stores, new Date(Date.now() + 1_000)), 1)
  await assert.rejects(blobs.stat(analysis.id, stray.sha256), BlobNotFoundError)
  await blobs.stat(analysis.id, analysis.analysis!.jobs[0]!.checkpoint.sha256)
})
