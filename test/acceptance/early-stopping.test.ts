import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { runnersOf } from '#test/support/runners-of.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, watchJob } from '#test/support/watch-job.ts'

// Adam with a rate so large that 6,000 digits are soon overfitted.
const TRAINING = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'adam', learningRate: 0.02 },
  validation: { fraction: 0.9 },
}
const PATIENCE = 3
const JOB = {
  ...TRAINING,
  epochs: 30,
  earlyStopping: { metric: 'validationLoss', patience: PATIENCE },
  checkpoint: { everyEpochs: 100, keepBest: 0 },
}
const DENSE = 'model.safetensors'
const inputs = [0, 1, 2].map(seed =>
  Array.from({ length: 28 }, (_, y) => Array.from({ length: 28 }, (_, x) => [(seed * 91 + x * y * 7) % 256])),
)

describe('a job that stops early', () => {
  let service: Service
  let frames: Frame[]
  let id: string
  let best: number
  before(async () => {
    service = await startService()
    id = await submit(JOB)
    frames = (await watchJob(service.url, id)).frames
    const losses = epochsOf(frames).map(({ validationLoss }) => validationLoss)
    best = 1 + losses.indexOf(Math.min(...losses))
  })
  after(async () => assert.equal(await service.stop(), 0))

  const submit = async (job: object): Promise<string> => (await post(service.url, '/v1/jobs', job)).body.id
  const read = async (path: string) => (await get(service.url, path)).body
  const manifestOf = async (jobId: string): Promise<Frame[]> =>
    (await read(`/v1/jobs/${jobId}/artifacts`)).data
  const bytesOf = async (jobId: string, name: string, query = '') => {
    const answer = await fetch(`${service.url}/v1/jobs/${jobId}/artifacts/${name}${query}`)
    assert.equal(answer.status, 200)
    return Buffer.from(await answer.arrayBuffer())
  }
  const predictions = async (jobId: string, query = '') =>
    (await post(service.url, `/v1/jobs/${jobId}/predict${query}`, { inputs })).body.outputs

  it('succeeds once patience runs out, and its event, its job and its metrics say so', async () => {
    const trained = best + PATIENCE
    const numbers = Array.from({ length: trained }, (_, index) => index + 1)
    assert.ok(best > 1 && trained < JOB.epochs, `best epoch ${best}`)
    assert.deepEqual(
      epochsOf(frames).map(({ epoch }) => epoch),
      numbers,
    )
    const { data } = frames.find(({ type }) => type === 'succeeded')!
    assert.deepEqual([data.reason, data.modelEpoch], ['early_stopped', best])
    const job = await read(`/v1/jobs/${id}`)
    assert.deepEqual([job.status, job.reason, job.modelEpoch], ['succeeded', 'early_stopped', best])
    assert.deepEqual([job.metrics.epoch, job.progress.epoch, job.progress.fraction], [trained, trained, 1])
    const csv = (await bytesOf(id, 'metrics.csv')).toString()
    assert.equal(csv.trim().split('\r\n').length, 1 + trained)
    const report = (await bytesOf(id, 'report.html')).toString()
    assert.match(report, new RegExp(`After epoch ${best} of 30, the best of the ${trained} trained`))
  })

  it('keeps the checkpoint of its best epoch whatever `checkpoint` says, and names the epoch of each file', async () => {
    const { data } = await read(`/v1/jobs/${id}/checkpoints`)
    assert.deepEqual(
      data.map(({ kind, epoch }: Frame) => [kind, epoch]),
      [
        ['latest', best + PATIENCE],
        ['model', best],
      ],
    )
    const epochs = Object.fromEntries((await manifestOf(id)).map(({ name, epoch }) => [name, epoch]))
    assert.deepEqual([epochs['model.sparse.safetensors'], epochs['metrics.csv']], [best, best + PATIENCE])
  })

  it('has the model of a job that trained only until the best epoch', async () => {
    const shorter = await submit({ ...TRAINING, epochs: best })
    const { frames } = await watchJob(service.url, shorter)
    const { data } = frames.find(({ type }) => type === 'succeeded')!
    assert.deepEqual([data.reason, data.modelEpoch], ['finished', best])
    assert.deepEqual(tensorBytes(await bytesOf(id, DENSE)), tensorBytes(await bytesOf(shorter, DENSE)))
    assert.deepEqual(await bytesOf(id, DENSE), await bytesOf(id, DENSE, `?checkpoint=${best}`))
    const answers = await predictions(id)
    assert.deepEqual(answers, await predictions(shorter))
    assert.deepEqual(answers, await predictions(id, `?checkpoint=${best}`))
    assert.notDeepEqual(answers, await predictions(id, `?checkpoint=${best + PATIENCE}`))
    assert.notDeepEqual(await bytesOf(id, DENSE, '?checkpoint=latest'), await bytesOf(id, DENSE))
  })

  it('stops at the same epoch with the same bytes after kill -9 and a pause past its best epoch', async () => {
    const disturbed = await submit(JOB)
    await epochReached(service.url, disturbed, best + 1, 1)
    for (const pid of runnersOf(service.pid)) process.kill(pid, 'SIGKILL')
    await epochReached(service.url, disturbed, best + 1, 2)
    assert.equal((await post(service.url, `/v1/jobs/${disturbed}/pause`, {})).status, 202)
    while ((await read(`/v1/jobs/${disturbed}`)).status !== 'paused') await new Promise(setImmediate)
    assert.equal((await post(service.url, `/v1/jobs/${disturbed}/resume`, {})).status, 202)
    const { frames: again } = await watchJob(service.url, disturbed)
    const { attempt, data } = again.find(({ type }) => type === 'succeeded')!
    assert.deepEqual([attempt, data.reason, data.modelEpoch], [3, 'early_stopped', best])
    assert.equal(epochsOf(again).at(-1)!.epoch, best + PATIENCE)
    for (const name of ['model.sparse.safetensors', DENSE])
      assert.deepEqual(await bytesOf(disturbed, name), await bytesOf(id, name))
  })

  it('can be continued from its last epoch, with a rule that starts anew or with none', async () => {
    const clone = (body: object) => post(service.url, `/v1/jobs/${id}/clone?dryRun=true`, body)
    const same = await clone({ continue: true })
    assert.deepEqual([same.status, same.body.spec.earlyStopping.patience], [200, PATIENCE])
    const without = await clone({ continue: true, earlyStopping: null })
    assert.deepEqual([without.status, without.body.spec.earlyStopping], [200, undefined])
    const short = await clone({ continue: true, epochs: best + PATIENCE })
    assert.deepEqual([short.status, short.body.errors[0].path], [400, 'epochs'])
  })
})

const epochsOf = (frames: readonly Frame[]): Frame[] =>
  frames.filter(({ type }) => type === 'epoch').map(({ data }) => data)

/** The tensors of a safetensors file. The header also holds the spec. */
function tensorBytes(file: Buffer): Buffer {
  return file.subarray(8 + Number(file.readBigUInt64LE()))
}

/** Resolves once an attempt of the job has completed the epoch. */
async function epochReached(url: string, jobId: string, epoch: number, attempt: number): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/jobs/${jobId}/stream`)
  for (;;) {
    const [message] = await once(socket, 'message')
    const frame = JSON.parse(String(message)) as Frame
    assert.notEqual(frame.type, 'end')
    if (frame.type === 'epoch' && frame.attempt >= attempt && frame.data.epoch >= epoch) break
  }
  socket.close()
}
