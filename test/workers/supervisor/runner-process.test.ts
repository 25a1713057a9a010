import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { JobRequest, type TrainingSpec } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { runnersOf } from '#test/support/start-supervisor.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'
import { RunnerProcess } from '#workers/supervisor/runner-process.ts'

const LIMIT = 16e9
const ENGINE = { name: 'native', device: 'cpu', version: '', threads: 1 } as const

const NORMALIZED = {
  model: {
    topology: {
      inputShape: [28, 28, 1],
      layers: [
        { type: 'flatten', name: 'flatten' },
        {
          type: 'dense',
          name: 'hidden',
          units: 64,
          activation: 'linear',
          kernelInitializer: 'glorotUniform',
        },
        { type: 'batchNormalization', name: 'normalization', momentum: 0.9, epsilon: 0.001 },
        { type: 'activation', name: 'relu', activation: 'relu' },
        { type: 'dropout', name: 'dropout', rate: 0.5 },
        { type: 'dense', name: 'out', units: 10, activation: 'linear', kernelInitializer: 'glorotUniform' },
      ],
    },
  },
  dataset: { id: 'mnist' },
  optimizer: { name: 'adam', learningRate: 0.001 },
}

function specOf(epochs: number, fields: object = {}) {
  const request = { model: { preset: 'mnist-mlp' }, validation: { fraction: 0.9 }, epochs, ...fields }
  return resolveSpec(JobRequest.parse(request)).spec
}

/** Trains and returns the reports except progress, and the bytes of the model. */
async function trainIn(runner: RunnerProcess, spec: TrainingSpec) {
  const scratch = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  const reports: RunnerReport[] = []
  for await (const item of runner.perform({
    type: 'train',
    task: { spec, scratch, series: [] },
  }))
    if (item.type !== 'progress') reports.push(item)
  const model = await readFile(join(scratch, 'model.sparse.safetensors'))
  await rm(scratch, { recursive: true })
  return { reports, model }
}

async function trainInNewRunner(spec: TrainingSpec) {
  const runner = new RunnerProcess(ENGINE, LIMIT)
  const { model } = await trainIn(runner, spec)
  runner.kill()
  await runner.ended
  return model
}

test('a runner trains its task with no credentials in its environment', async () => {
  process.env.ADMIN_KEY = 'a-secret-of-the-service'
  const runner = new RunnerProcess(ENGINE, LIMIT)
  const training = trainIn(runner, specOf(1))
  const [pid] = await runnersOf(process.pid)
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
  const { reports } = await training
  assert.deepEqual(
    reports.map(({ type }) => type),
    ['epoch', 'checkpoint', 'artifact', 'artifact', 'done'],
  )
  assert.match(environment, /PATH=/)
  assert.doesNotMatch(environment, /a-secret-of-the-service/)
  runner.kill()
})

test('jobs in one runner have the bits that they have in new runners', async () => {
  const specs = [specOf(2, NORMALIZED), specOf(2), specOf(2, { ...NORMALIZED, batchSize: 500 }), specOf(2)]
  const runner = new RunnerProcess(ENGINE, LIMIT)
  const digests = new Set<string>()
  for (const [index, spec] of specs.entries()) {
    const { model } = await trainIn(runner, spec)
    digests.add(createHash('sha256').update(model).digest('hex'))
    if (index < 3) assert.ok(model.equals(await trainInNewRunner(spec)), `job ${index} has other bits`)
    assert.equal(await runner.isReusable(), true)
  }
  assert.equal(digests.size, 3, 'the second and the fourth job are equal')
  runner.kill()
})

test('a used runner has room for a job only if what earlier jobs have left does not matter', async () => {
  const runner = new RunnerProcess(ENGINE, 1e9)
  assert.equal(runner.hasRoomFor(9e8), true)
  await trainIn(runner, specOf(1))
  assert.equal(runner.hasRoomFor(9e8), false)
  assert.equal(runner.hasRoomFor(5.5e8), true)
  runner.kill()
})

test('a runner that was stopped after its job takes no other', async () => {
  const runner = new RunnerProcess(ENGINE, LIMIT)
  await trainIn(runner, specOf(1))
  assert.equal(await runner.isReusable(), true)
  runner.stop(true)
  assert.equal(await runner.isReusable(), false)
  assert.equal(await runner.ended, 'code 1')
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
  assert.equal(await runner.isReusable(), false)
  assert.equal(await runner.ended, 'code 1')
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
    assert.equal(await runner.isReusable(), false)
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
  assert.equal(await runner.isReusable(), false)
  assert.equal(await runner.ended, 'SIGKILL')
})
