import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pythonWithReaders } from '#test/support/readers.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, upload, watchJob } from '#test/support/watch-job.ts'

const GRDA = { name: 'grda', learningRate: 0.05, c: 0.05, mu: 0.6 }

/** docs/keras.md, step by step. */
describe('a model of Keras', () => {
  let service: Service
  let folder: string
  let model: Frame
  let job: Frame
  let known: { inputs: number[][][][]; outputs: number[][] }
  let spec: object
  before(async () => {
    service = await startService()
    folder = await mkdtemp(join(tmpdir(), 'thresher-keras-'))
    known = await keras('make')
    const data = await upload(
      service.url,
      '/v1/datasets',
      { name: 'corners', format: 'npz' },
      { 'data.npz': await readFile(join(folder, 'data.npz')) },
    )
    assert.equal(data.body.status, 'ready', JSON.stringify(data.body))
    const uploaded = await upload(
      service.url,
      '/v1/models',
      { name: 'corners' },
      { 'trained.keras': await readFile(join(folder, 'trained.keras')) },
    )
    assert.equal(uploaded.status, 201, JSON.stringify(uploaded.body))
    model = uploaded.body
    spec = {
      dataset: { id: data.body.id },
      model: { id: model.id },
      optimizer: GRDA,
      batchSize: 50,
      epochs: 3,
    }
    job = await run(spec)
  })
  after(async () => {
    await rm(folder, { recursive: true, force: true })
    assert.equal(await service.stop(), 0)
  })

  async function keras(...words: string[]): Promise<typeof known> {
    const script = fileURLToPath(new URL('keras_round_trip.py', import.meta.url))
    const [what, ...others] = words
    await promisify(execFile)(await pythonWithReaders(), [script, what!, folder, ...others])
    return JSON.parse(await readFile(join(folder, 'answers.json'), 'utf8'))
  }

  async function run(body: object): Promise<Frame> {
    const submitted = await post(service.url, '/v1/jobs', body)
    assert.equal(submitted.status, 201, JSON.stringify(submitted.body))
    const { frames } = await watchJob(service.url, submitted.body.id)
    assert.equal(frames.at(-1)?.status, 'succeeded', JSON.stringify(frames.at(-1)))
    return (await get(service.url, `/v1/jobs/${submitted.body.id}`)).body
  }

  const ask = async ({ id }: Frame) =>
    (await post(service.url, `/v1/jobs/${id}/predict`, { inputs: known.inputs })).body.outputs as number[][]

  it('says in its upload and in its jobs that the state of its optimizer stays behind', async () => {
    const codes = ({ warnings }: Frame) => warnings.map(({ code, path }: Frame) => [code, path])
    assert.deepEqual(codes(model), [['optimizer_state_left_out', 'file']])
    assert.deepEqual((await get(service.url, `/v1/models/${model.id}`)).body.warnings, model.warnings)
    assert.deepEqual(codes(job), [
      ['optimizer_state_left_out', 'model.id'],
      ['best_chosen_on_test', 'checkpoint.bestBy'],
    ])
  })

  it('is where its job begins, moving statistics and all', async () => {
    const still = { ...spec, optimizer: { name: 'sgd', learningRate: 1e-12 }, batchSize: 300, epochs: 1 }
    const answers = await ask(await run(still))
    // One step moves the statistics by a hundredth.
    assert.ok(furthest(answers, known.outputs) < 0.02, `${furthest(answers, known.outputs)}`)
    const drawn = await run({ ...still, model: { id: model.id, weights: false } })
    assert.ok(furthest(await ask(drawn), known.outputs) > 0.3)
    assert.equal(drawn.spec.init, undefined)
  })

  it('is trained on, sparse, and given back to Keras, which predicts what the service predicts', async () => {
    assert.deepEqual(
      [job.spec.init.modelId, job.spec.init.optimizerState, job.spec.init.sha256],
      [model.id, false, model.weights.sha256],
    )
    assert.ok(job.metrics.sparsity > 0.05, `${job.metrics.sparsity}`)
    assert.ok(job.metrics.validationAccuracy > 0.9, `${job.metrics.validationAccuracy}`)
    const file = await fetch(`${service.url}/v1/jobs/${job.id}/artifacts/model.keras`)
    await writeFile(join(folder, 'sparse.keras'), new Uint8Array(await file.arrayBuffer()))
    const { outputs } = await keras('ask', 'sparse.keras')
    const answers = await ask(job)
    assert.ok(furthest(outputs, answers) < 1e-5, `${furthest(outputs, answers)}`)
    assert.ok(furthest(outputs, known.outputs) > 1e-3)
  })

  it('shows in a dry run where the weights come from, and how many of them the threshold covers', async () => {
    const dryRun = async (body: object) => (await post(service.url, '/v1/jobs?dryRun=true', body)).body
    const trained = await dryRun(spec)
    assert.equal(trained.spec.init.modelId, model.id)
    const drawn = await dryRun({ ...spec, model: { id: model.id, weights: false } })
    assert.equal(drawn.spec.init, undefined)
    assert.ok(drawn.plan.epochs[0].initialSparsity > 0)
    assert.notEqual(trained.plan.epochs[0].initialSparsity, drawn.plan.epochs[0].initialSparsity)
  })

  it("gives way to a job's own init, with a warning, and has no weights to insist on where none came", async () => {
    const { body } = await post(service.url, '/v1/jobs?dryRun=true', { ...spec, init: { jobId: job.id } })
    assert.deepEqual([body.spec.init.jobId, body.spec.init.modelId], [job.id, undefined])
    assert.ok(body.warnings.some(({ code }: Frame) => code === 'weights_replaced'))
    const bare = await upload(service.url, '/v1/models', { name: 'bare', preset: 'mnist-mlp' }, {})
    const { body: none } = await post(service.url, '/v1/jobs?dryRun=true', { model: { id: bare.body.id } })
    assert.equal(none.spec.init, undefined)
    const insisted = { ...spec, model: { id: bare.body.id, weights: true } }
    const refused = await post(service.url, '/v1/jobs?dryRun=true', insisted)
    assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'model.weights'])
  })
})

/** The largest distance between two tables of numbers. */
function furthest(rows: readonly number[][], others: readonly number[][]): number {
  return Math.max(...rows.flatMap((row, i) => row.map((value, j) => Math.abs(value - others[i]![j]!))))
}
