import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { processExists } from '#children/is-alive.ts'
import { firstProgress } from '#test/support/first-progress.ts'
import { runnersOf } from '#test/support/runners-of.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { get, post, sparseDigest, watchJob } from '#test/support/watch-job.ts'

const JOB = {
  model: { preset: 'mnist-mlp' },
  epochs: 4,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.75 },
  maxRestarts: 20,
}
const KILLS = 3

describe('kill -9 of the whole service, again and again', () => {
  it('leaves no runner behind, loses no job and changes no bit', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'thresher-acceptance-'))
    let service: Service = await startService(dataDir)
    const undisturbed = (await post(service.url, '/v1/jobs', JOB)).body.id
    await watchJob(service.url, undisturbed)
    const disturbed = (await post(service.url, '/v1/jobs', JOB)).body.id
    const waiting = (await post(service.url, '/v1/jobs', JOB)).body.id
    for (let kill = 0; kill < KILLS; kill++) {
      await firstProgress(service.url, disturbed)
      const runners = runnersOf(service.pid)
      assert.ok(runners.length > 0)
      await service.kill()
      service = await startService(dataDir)
      await gone(runners)
    }
    for (const id of [disturbed, waiting]) {
      const { frames } = await watchJob(service.url, id)
      assert.equal(frames.at(-1)?.status, 'succeeded')
      assert.equal(await sparseDigest(service.url, id), await sparseDigest(service.url, undisturbed))
    }
    assert.equal((await get(service.url, `/v1/jobs/${disturbed}`)).body.restarts, KILLS)
    assert.equal(await service.stop(), 0)
    await rm(dataDir, { recursive: true, force: true })
  })
})

/** An orphan may take 5 s to notice. */
async function gone(pids: readonly number[]): Promise<void> {
  for (const deadline = Date.now() + 5_000; pids.some(processExists); await setTimeout(50)) {
    assert.ok(Date.now() < deadline, `runners live on: ${pids.filter(processExists)}`)
  }
}
