import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import type { BlobStore } from '#stores/blobs/blob-store.ts'
import { openBlobStore } from '#stores/blobs/open-blob-store.ts'
import { newJob } from '#test/support/new-job.ts'
import { fetchCheckpoint } from '#workers/supervisor/fetch-checkpoint.ts'

const earlyStopping = { metric: 'validationLoss', patience: 2, minDelta: 0, restoreBest: true } as const
const job = newJob({ earlyStopping })

describe('the checkpoints that an attempt starts from', () => {
  let folder: string
  let blobs: BlobStore
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-test-'))
    blobs = await openBlobStore(pathToFileURL(join(folder, 'blobs')).href, () =>
      assert.fail('there is no Redis'),
    )
  })
  after(() => rm(folder, { recursive: true }))

  /** A checkpoint whose file contains its epoch. */
  async function stored(
    epoch: number,
    kind: { improved?: true; isLost?: boolean } = {},
  ): Promise<CheckpointRecord> {
    const { isLost, ...improved } = kind
    const file = await blobs.put(job.id, [new TextEncoder().encode(`epoch ${epoch}`)])
    if (isLost) await blobs.delete(job.id, file.sha256)
    return { epoch, step: 10 * epoch, validationLoss: 1, ...improved, ...file }
  }
  async function fetched(checkpoints: CheckpointRecord[], change: Partial<typeof job> = {}) {
    const { from, best, warnings } = await fetchCheckpoint(blobs, { ...job, checkpoints, ...change }, folder)
    const content = (path?: string) => (path === undefined ? undefined : readFile(path, 'utf8'))
    return {
      from: await content(from),
      best: await content(best),
      warnings: warnings.map(({ message }) => message),
    }
  }

  it('are the newest one and the one of the best epoch until then', async () => {
    const checkpoints = [await stored(2, { improved: true }), await stored(4)]
    assert.deepEqual(await fetched(checkpoints), { from: 'epoch 4', best: 'epoch 2', warnings: [] })
    assert.deepEqual(await fetched(checkpoints.slice(0, 1)), {
      from: 'epoch 2',
      best: 'epoch 2',
      warnings: [],
    })
  })

  it('are older ones if the best one is lost, since the training could not restore it', async () => {
    const checkpoints = [
      await stored(1, { improved: true }),
      await stored(3, { improved: true, isLost: true }),
      await stored(4),
    ]
    const { from, best, warnings } = await fetched(checkpoints)
    assert.deepEqual([from, best, warnings.length], ['epoch 1', 'epoch 1', 2])
    assert.match(warnings[0]!, /The checkpoint of step 40 cannot be used/)
  })

  it('are none if the best one of those left was dropped', async () => {
    const checkpoints = [await stored(2), await stored(3, { improved: true, isLost: true })]
    const { from, best } = await fetched(checkpoints)
    assert.deepEqual([from, best], [undefined, undefined])
  })

  it('are the newest one alone before a continued job has trained an epoch, and without early stopping', async () => {
    const checkpoints = [await stored(2), await stored(4)]
    const alone = { from: 'epoch 4', best: undefined, warnings: [] }
    assert.deepEqual(await fetched(checkpoints, { continuedFrom: { epoch: 4, step: 40 } }), alone)
    assert.deepEqual(await fetched(checkpoints, { spec: newJob().spec }), alone)
  })
})
