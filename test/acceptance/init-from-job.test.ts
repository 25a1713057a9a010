import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { get, post, watchJob } from '#test/support/watch-job.ts'

const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 1,
  shuffle: false,
}

let service: Service
let first: string
before(async () => {
  service = await startService()
  first = await train(JOB)
})
after(async () => assert.equal(await service.stop(), 0))

async function train(spec: object): Promise<string> {
  const { body } = await post(service.url, '/v1/jobs', spec)
  const { frames } = await watchJob(service.url, body.id)
  assert.equal(frames.at(-1)?.status, 'succeeded')
  return body.id
}

/** The weights alone: of model.safetensors, what follows the header. */
async function weightsOf(jobId: string): Promise<Buffer> {
  const answer = await fetch(`${service.url}/v1/jobs/${jobId}/artifacts/model.safetensors`)
  const bytes = Buffer.from(await answer.arrayBuffer())
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE()))
}

it("a job that goes on with another's weights and optimizer ends where one of all epochs does", async () => {
  const second = await train({ ...JOB, init: { jobId: first, optimizerState: true } })
  const both = await train({ ...JOB, epochs: 2 })
  assert.ok((await weightsOf(second)).equals(await weightsOf(both)))
})

it('a job of groups goes on to the bit too, with the same groups only', async () => {
  const optimizer = { ...JOB.optimizer, group: 'outputChannels' }
  const grouped = await train({ ...JOB, optimizer })
  const second = await train({ ...JOB, optimizer, init: { jobId: grouped, optimizerState: true } })
  const both = await train({ ...JOB, optimizer, epochs: 2 })
  assert.ok((await weightsOf(second)).equals(await weightsOf(both)))
  for (const change of [{ group: undefined }, { exclude: ['bias'] }]) {
    const init = { jobId: grouped, optimizerState: true }
    const { status, body } = await post(service.url, '/v1/jobs', {
      ...JOB,
      optimizer: { ...optimizer, ...change },
      init,
    })
    assert.deepEqual([status, body.errors?.[0].path], [400, 'init.optimizerState'])
    assert.match(
      body.errors[0].message,
      /has the state of {"name":"grda","group":"outputChannels","exclude":\[\]}/,
    )
  }
})

it("a job that starts from another's weights alone starts from just those, also when that one is gone", async () => {
  const weights = await weightsOf(first)
  const source = await train(JOB)
  const still = { name: 'sgd', learningRate: 1e-60 }
  const request = { ...JOB, optimizer: still, init: { jobId: source } }
  const submit = () => post(service.url, '/v1/jobs', request, { 'idempotency-key': 'once' })
  const submitted = await submit()
  assert.equal(submitted.body.spec.init.epoch, 1)
  await fetch(`${service.url}/v1/jobs/${source}`, { method: 'DELETE' })
  const again = await submit()
  assert.deepEqual([again.status, again.body.id], [201, submitted.body.id])
  const { frames } = await watchJob(service.url, submitted.body.id)
  assert.equal(frames.at(-1)?.status, 'succeeded')
  assert.ok((await weightsOf(submitted.body.id)).equals(weights))
})

it('what cannot be started from is refused by the field that names it', async () => {
  for (const [init, change, path, message] of [
    [{ jobId: 'job_none' }, {}, 'init.jobId', /no job job_none/],
    [{ jobId: first, checkpoint: 7 }, {}, 'init.checkpoint', /has checkpoints of epochs: 1/],
    [{ jobId: first }, { model: { preset: 'mnist-lenet' } }, 'init.jobId', /other variables: conv1/],
    [
      { jobId: first, optimizerState: true },
      { optimizer: { name: 'adam', learningRate: 0.1 } },
      'init.optimizerState',
      /has the state of grda, but the optimizer of the job is {"name":"adam"/,
    ],
  ] as const) {
    const { status, body } = await post(service.url, '/v1/jobs', { ...JOB, ...change, init })
    assert.equal(status, 400)
    assert.equal(body.errors[0].path, path)
    assert.match(body.errors[0].message, message)
  }
  const { body } = await get(service.url, '/v1/jobs?status=queued')
  assert.deepEqual(body.data, [])
})
