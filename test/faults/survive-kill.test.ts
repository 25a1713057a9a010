import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { firstProgress } from '#test/support/first-progress.ts'
import { runnersOf } from '#test/support/runners-of.ts'
import { startService } from '#test/support/start-service.ts'
import { get, post, sparseDigest, watchJob } from '#test/support/watch-job.ts'

const JOB = {
  model: { preset: 'mnist-mlp' },
  epochs: 2,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.75 },
}

describe('a job outlives the processes that run it', () => {
  it('ends with the same bits after its runner is killed', async () => {
    const service = await startService()
    try {
      const undisturbed = (await post(service.url, '/v1/jobs', JOB)).body
      await watchJob(service.url, undisturbed.id)
      const disturbed = (await post(service.url, '/v1/jobs', JOB)).body
      const watching = watchJob(service.url, disturbed.id)
      await firstProgress(service.url, disturbed.id)
      for (const pid of runnersOf(service.pid)) process.kill(pid, 'SIGKILL')
      const { frames } = await watching
      assert.equal(frames.at(-1)?.status, 'succeeded')
      const restarted = frames.find(frame => frame.type === 'restarted')
      assert.equal(restarted?.data.reason, 'runner_lost')
      assert.equal(
        await sparseDigest(service.url, disturbed.id),
        await sparseDigest(service.url, undisturbed.id),
      )
    } finally {
      assert.equal(await service.stop(), 0)
    }
  })

  it('is requeued when the service is told to stop, and finished after the next start', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'thresher-acceptance-'))
    const first = await startService(dataDir)
    const { id } = (await post(first.url, '/v1/jobs', { ...JOB, epochs: 3 })).body
    await firstProgress(first.url, id)
    assert.equal(await first.stop(), 0)
    const second = await startService(dataDir)
    try {
      const { frames } = await watchJob(second.url, id)
      assert.equal(frames.at(-1)?.status, 'succeeded')
      const restarted = frames.find(frame => frame.type === 'restarted')
      assert.equal(restarted?.data.reason, 'shutdown')
      assert.equal((await get(second.url, `/v1/jobs/${id}`)).body.restarts, 0)
    } finally {
      assert.equal(await second.stop(), 0)
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
