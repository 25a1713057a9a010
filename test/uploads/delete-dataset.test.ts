import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { cancel } from '#domain/job-decisions.ts'
import { createSweep } from '#jobs/create-sweep.ts'
import { newId } from '#stores/new-id.ts'
import { SweepRequest } from '#sweeps/sweep-request.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'
import { deleteDataset } from '#uploads/delete-dataset.ts'

const FACTS = {
  dtype: 'uint8' as const,
  inputShape: [28, 28, 1],
  classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
  splits: { train: 9, test: 5 },
}
const SHA256 = '0'.repeat(64)

describe('an uploaded dataset', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())

  const createDataset = async () => {
    const id = newId('dataset')
    const state = { status: 'ready' as const, sha256: SHA256, sizeBytes: 9, facts: FACTS }
    await test.stores.datasets.create({ id, name: 'digits', createdAt: new Date().toISOString(), state })
    return id
  }
  const jobOf = (id: string) => {
    const job = newJob()
    return { ...job, spec: { ...job.spec, dataset: { id, upload: { ...FACTS, sha256: SHA256 } } } }
  }
  const isConflict = (error: unknown) => error instanceof AppError && error.code === 'conflict'

  it('cannot be deleted while an unfinished job needs it', async () => {
    const id = await createDataset()
    const job = await storeJob(test.stores, jobOf(id))
    await assert.rejects(deleteDataset(test.stores, id), isConflict)
    await test.stores.jobs.append(job.id, cancel)
    await deleteDataset(test.stores, id)
    assert.equal(await test.stores.datasets.get(id), undefined)
  })

  it('is either deleted or needed, whichever of a deletion and a submission is first', async () => {
    for (let round = 0; round < 20; round++) {
      const id = await createDataset()
      const [created, deleted] = await Promise.allSettled([
        test.stores.jobs.create(jobOf(id)),
        deleteDataset(test.stores, id),
      ])
      assert.equal(created.status, 'fulfilled')
      const isStored = created.value.type === 'stored'
      assert.equal(isStored, deleted.status === 'rejected', JSON.stringify(created.value))
      assert.equal((await test.stores.datasets.get(id)) !== undefined, isStored)
    }
  })

  it('cannot be deleted while a sweep names it', async () => {
    const id = await createDataset()
    const request = SweepRequest.parse({
      base: { model: { preset: 'mnist-mlp' }, dataset: { id } },
      search: { method: 'grid' },
      space: { 'optimizer.mu': [0.6, 0.7] },
      objective: { maximize: 'validationAccuracy' },
    })
    await createSweep({ ...test.stores, datasetsDir: '' }, request)
    await assert.rejects(deleteDataset(test.stores, id), isConflict)
  })
})
