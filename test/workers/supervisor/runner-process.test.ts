import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { runnersOf } from '#test/support/start-supervisor.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'
import { RunnerProcess } from '#workers/supervisor/runner-process.ts'

const LIMIT = 16e9
const ENGINE = { name: 'native', device: 'cpu', version: '', threads: 1 } as const

function specOf(epochs: number, fields: object = {}) {
  const request = { model: { preset: 'mnist-mlp' }, validation: { fraction: 0.9 }, epochs, ...fields }
  return resolveSpec(JobRequest.parse(request)).spec
}

test('a runner trains its task with no credentials in its environment, and ends', async () => {
  process.env.ADMIN_KEY = 'a-secret-of-the-service'
  const scratch = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  const runner = new RunnerProcess(ENGINE, LIMIT)
  const reports: RunnerReport[] = []
  let environment = ''
  for await (const item of runner.perform({
    type: 'train',
    task: { spec: specOf(1), scratch, series: [] },
  })) {
    const [pid] = await runnersOf(process.pid)
    if (pid !== undefined) environment ||= await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    reports.push(item)
  }
  assert.equal(await runner.ended, 'code 0')
  assert.deepEqual(
    reports.map(({ type }) => type).filter(type => type !== 'progress'),
    ['epoch', 'checkpoint', 'artifact', 'artifact', 'done'],
  )
  assert.match(environment, /PATH=/)
  assert.doesNotMatch(environment, /a-secret-of-the-service/)
  await rm(scratch, { recursive: true })
})

test('an error that nobody foresaw is told, with its message', async () => {
  const runner = new RunnerProcess(ENGINE, LIMIT)
  let last: RunnerReport | undefined
  for await (const item of runner.perform({
    type: 'train',
    task: { spec: specOf(1), scratch: '/nowhere', series: [] },
  }))
    last = item
  assert.equal(last?.type, 'failed')
  assert.equal(last.error.code, 'internal')
  assert.match(last.error.message, /ENOENT.*\/nowhere/)
})

for (const keep of [false, true]) {
  test(`a runner told to stop ends without a last word, ${keep ? 'after' : 'without'} a checkpoint`, async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'thresher-test-'))
    const spec = specOf(1000, { checkpoint: { everyEpochs: 1000 } })
    const runner = new RunnerProcess(ENGINE, LIMIT)
    const types = new Set<RunnerReport['type']>()
    for await (const item of runner.perform({ type: 'train', task: { spec, scratch, series: [] } })) {
      if (item.type === 'epoch') runner.stop(keep)
      types.add(item.type)
    }
    assert.equal(await runner.ended, 'code 1')
    types.delete('progress')
    assert.deepEqual([...types], keep ? ['epoch', 'checkpoint'] : ['epoch'])
    assert.equal((await readdir(scratch)).length, keep ? 1 : 0)
    await rm(scratch, { recursive: true })
  })
}

test('a runner killed before it has a task has nothing to say', async () => {
  const runner = new RunnerProcess(ENGINE, LIMIT)
  runner.kill()
  for await (const item of runner.perform({
    type: 'train',
    task: { spec: specOf(1), scratch: tmpdir(), series: [] },
  }))
    assert.fail(item.type)
  assert.equal(await runner.ended, 'SIGKILL')
})
