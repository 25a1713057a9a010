import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { firstProgress } from '#test/support/first-progress.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { get, post, sparseDigest, watchJob } from '#test/support/watch-job.ts'

const JOB = {
  model: { preset: 'mnist-mlp' },
  epochs: 3,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.75 },
}

describe('`npm start` starts each of its parts again', () => {
  let service: Service
  let undisturbed: string
  before(async () => {
    service = await startService()
    const { id } = (await post(service.url, '/v1/jobs', JOB)).body
    await watchJob(service.url, id)
    undisturbed = await sparseDigest(service.url, id)
  })
  after(async () => assert.equal(await service.stop(), 0))

  const finish = async (id: string) => {
    const { frames } = await watchJob(service.url, id)
    assert.equal(frames.at(-1)?.status, 'succeeded')
    assert.equal(await sparseDigest(service.url, id), undisturbed)
    return (await get(service.url, `/v1/jobs/${id}`)).body
  }

  it('Redis, killed under a training: it has every job, and the training goes on to the same bits', async () => {
    const { id } = (await post(service.url, '/v1/jobs', JOB)).body
    await firstProgress(service.url, id)
    process.kill(partOf(service.pid, /redis-server|valkey-server/), 'SIGKILL')
    await answersAgain(service.url)
    const { restarts } = await finish(id)
    assert.equal(restarts, 0)
  })

  it('the worker: its job goes on from the last checkpoint to the same bits', async () => {
    const { id } = (await post(service.url, '/v1/jobs', JOB)).body
    await firstProgress(service.url, id)
    process.kill(partOf(service.pid, /workers\/main/), 'SIGKILL')
    const { restarts } = await finish(id)
    assert.equal(restarts, 1)
  })

  it('the api, at the same address', async () => {
    const before = partOf(service.pid, /src\/main/)
    process.kill(before, 'SIGKILL')
    await answersAgain(service.url)
    assert.notEqual(partOf(service.pid, /src\/main/), before)
  })

  for (const [environment, reason] of [
    [{ HOST: '0.0.0.0', PORT: '0' }, /HOST is 0\.0\.0\.0.*set ADMIN_KEY/],
    [{}, /EADDRINUSE/],
  ] as const) {
    it(`but ends with the reason when one cannot be started as it is configured: ${reason.source}`, async () => {
      const DATA_DIR = await mkdtemp(join(tmpdir(), 'thresher-acceptance-'))
      const { port: PORT } = new URL(service.url)
      const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
        env: { ...process.env, PORT, DATA_DIR, ...environment },
        encoding: 'utf8',
      })
      assert.equal(status, 1)
      assert.match(stdout, reason)
      await rm(DATA_DIR, { recursive: true })
    })
  }
})

/** The one process that the service started with this command line. */
function partOf(servicePid: number, command: RegExp): number {
  const args = ['--ppid', String(servicePid), '-o', 'pid=,args=']
  const rows = execFileSync('ps', args, { encoding: 'utf8' }).trim().split('\n')
  const found = rows.filter(row => command.test(row))
  assert.equal(found.length, 1, rows.join('\n'))
  return Number.parseInt(found[0]!, 10)
}

/** Waits until the service, which was just hit, is ready. */
async function answersAgain(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`).catch(() => undefined))?.ok) await pause(50)
}
