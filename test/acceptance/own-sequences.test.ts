import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, labelsOf, post, upload, watchJob } from '#test/support/watch-job.ts'

const LENGTH = 8
const WORDS = 12
const [YES, NO] = [0, 1]

let service: Service
let dataset: Frame
before(async () => {
  service = await startService()
  const header = [...Array.from({ length: LENGTH }, (_, place) => `word${place}`), 'answer'].join(',')
  const rows = sentences().map(words => [...words, answerOf(words)].join(','))
  const spec = { name: 'sentences', format: 'csv', label: 'answer' }
  const { body } = await upload(service.url, '/v1/datasets', spec, {
    'sentences.csv': [header, ...rows].join('\n'),
  })
  dataset = body
  for (let status = body.status; status === 'validating'; ) {
    await new Promise(resolve => setTimeout(resolve, 50))
    status = (await get(service.url, `/v1/datasets/${body.id}`)).body.status
  }
})
after(async () => assert.equal(await service.stop(), 0))

/** Each has YES and NO once, at all pairs of places, among words that mean nothing. */
function sentences(): number[][] {
  const places = Array.from({ length: LENGTH }, (_, place) => place)
  const pairs = places.flatMap(yes => places.filter(no => no !== yes).map(no => [yes, no]))
  return Array.from({ length: 10 }, (_, round) =>
    pairs.map(([yes, no], index) =>
      places.map(place => {
        if (place === yes) return YES
        return place === no ? NO : 2 + ((7 * round + 5 * index + 3 * place) % (WORDS - 2))
      }),
    ),
  ).flat()
}

/** Which of the two comes first: without an order of time nobody could tell. */
function answerOf(words: readonly number[]): string {
  return words.indexOf(YES) < words.indexOf(NO) ? 'yes' : 'no'
}

const layer = (class_name: string, name: string, config: object) => ({
  class_name,
  config: { name, ...config },
})
const jobOf = (recurrent: object, more: object = {}, words = WORDS) => ({
  model: {
    topology: {
      class_name: 'Sequential',
      config: {
        layers: [
          layer('InputLayer', 'sentence', { batch_shape: [null, LENGTH] }),
          layer('Embedding', 'words', { input_dim: words, output_dim: 8 }),
          recurrent,
          layer('Dense', 'answer', { units: 2, activation: 'softmax' }),
        ],
      },
    },
  },
  dataset: { id: dataset.id },
  optimizer: { name: 'adam', learningRate: 0.01 },
  batchSize: 20,
  epochs: 12,
  ...more,
})

async function train(job: object) {
  const { status, body } = await post(service.url, '/v1/jobs', job)
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const done = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.equal(done.status, 'succeeded', JSON.stringify(done.error))
  return done
}

it('an LSTM over uploaded sentences learns their order, answers, and is given back in every format', async () => {
  const job = await train(jobOf(layer('LSTM', 'reader', { units: 12 })))
  assert.ok(job.metrics.validationAccuracy > 0.95, JSON.stringify(job.metrics))
  const words = [5, YES, 6, 7, NO, 8, 9, 10]
  const { body } = await post(service.url, `/v1/jobs/${job.id}/predict`, {
    inputs: [words, words.toReversed()],
  })
  assert.deepEqual(labelsOf(body), ['yes', 'no'])
  for (const name of [
    'model.keras',
    'model.weights.h5',
    'model.tfjs.zip',
    'model.onnx',
    'model.safetensors?layout=torch',
    'model.sparse.safetensors',
    'weights.npz',
  ]) {
    const answer = await fetch(`${service.url}/v1/jobs/${job.id}/artifacts/${name}`)
    assert.equal(answer.status, 200, name)
    await answer.arrayBuffer()
  }
})

it('a file that a GRU cannot be put into is refused before the training, and not found after it', async () => {
  const reader = layer('GRU', 'reader', { units: 4 })
  const refused = await post(service.url, '/v1/jobs', jobOf(reader, { artifacts: ['keras', 'tfjs'] }))
  assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'artifacts.1'])
  assert.match(refused.body.errors[0].message, /TensorFlow\.js has no GRU like reader/)
  const job = await train(jobOf(reader, { epochs: 1, artifacts: ['keras'] }))
  const missing = await get(service.url, `/v1/jobs/${job.id}/artifacts/model.tfjs.zip`)
  assert.equal(missing.status, 404)
  assert.match(missing.body.detail, /The job has no model\.tfjs\.zip\. TensorFlow\.js has no GRU like reader/)
})

it('tokens that an embedding has no row for are refused by row and layer, and a job fails by them as one of invalid data', async () => {
  const { body } = await post(
    service.url,
    '/v1/jobs',
    jobOf(layer('GRU', 'reader', { units: 4 }), { epochs: 1 }, WORDS - 1),
  )
  await watchJob(service.url, body.id)
  const failed = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.deepEqual([failed.status, failed.error.code], ['failed', 'invalid_data'])
  assert.match(
    failed.error.message,
    /^train row \d+ \(from 0\), value \d: token 11 is outside embedding "words" \(input_dim 11: 0 to 10\)$/,
  )
  const job = await train(jobOf(layer('GRU', 'reader', { units: 4 }), { epochs: 1 }))
  const words = Array<number>(LENGTH).fill(1)
  for (const [token, message] of [
    [WORDS, /token 12 is outside embedding "words" \(input_dim 12: 0 to 11\)/],
    [-1, /token -1 is outside/],
    [1.5, /token 1\.5 is not a whole number, which embedding "words" requires/],
  ] as const) {
    const inputs = [words, words.with(3, token)]
    const { status, body } = await post(service.url, `/v1/jobs/${job.id}/predict`, { inputs })
    assert.deepEqual([status, body.errors[0].path], [400, 'inputs.1.3'])
    assert.match(body.errors[0].message, message)
  }
})

it('tokens that would be scaled are refused', async () => {
  const topology = jobOf(layer('GRU', 'reader', { units: 4 })).model.topology
  const { body } = await post(service.url, '/v1/jobs', {
    ...jobOf({}),
    model: { topology },
    dataset: { id: dataset.id, normalize: { mean: [1], std: [2] } },
  })
  assert.deepEqual(
    body.errors.map(({ path }: { path: string }) => path),
    ['dataset.normalize'],
  )
})
