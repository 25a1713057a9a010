import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { startService } from './start-service.ts'
import { type Frame, get, post, watchJob } from './watch-job.ts'

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

/** Resolves once the job is really training. */
async function firstProgress(serviceUrl: string, jobId: string): Promise<void> {
  const socket = new WebSocket(`${serviceUrl.replace('http', 'ws')}/v1/jobs/${jobId}/stream`)
  await new Promise<void>((resolve, reject) => {
    socket.on('message', data => {
      if ((JSON.parse(String(data)) as Frame).type === 'progress') resolve()
    })
    socket.on('close', code => reject(new Error(`the stream closed with ${code} before any progress`)))
  })
  socket.removeAllListeners('close')
  socket.close()
}

/** Process ids of the runners below a service, found by the command line that operators are promised. */
function runnersOf(servicePid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  const processes = rows
    .map(row => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)!)
    .map(([, pid, parent, args]) => ({
      pid: Number(pid),
      parent: Number(parent),
      args: args!,
    }))
  const below = (pid: number): typeof processes =>
    processes.filter(({ parent }) => parent === pid).flatMap(child => [child, ...below(child.pid)])
  return below(servicePid)
    .filter(({ args }) => args.includes('workers/runner'))
    .map(({ pid }) => pid)
}

async function sparseDigest(serviceUrl: string, jobId: string): Promise<string> {
  const { body } = await get(serviceUrl, `/v1/jobs/${jobId}/artifacts`)
  return body.data.find((artifact: Frame) => artifact.name === 'model.sparse.safetensors').sha256
}
