import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Api, startApi } from '#test/support/start-api.ts'

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'constructor',
  '__proto__',
  'toString',
  'x'.repeat(100_000),
  [],
  [[]],
  {},
  { toString: null, valueOf: 1 },
  { class_name: 'constructor', config: null },
  { class_name: '__keras_tensor__', config: { keras_history: ['image'] } },
]

const dense = { class_name: 'Dense', name: 'classes' }
const zeros = { module: 'keras.initializers', class_name: 'Zeros', config: {}, registered_name: null }
const tensor = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 4], dtype: 'float32', keras_history: [name, 0, 0] },
})
/** In the form of Keras 3: images. */
const KERAS_3 = {
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  config: {
    name: 'model',
    trainable: true,
    layers: [
      {
        class_name: 'InputLayer',
        name: 'image',
        config: { batch_shape: [null, 28, 28, 1], dtype: 'float32', name: 'image' },
        inbound_nodes: [],
      },
      {
        class_name: 'Conv2D',
        name: 'window',
        config: {
          name: 'window',
          dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'mixed_float16' } },
          filters: 2,
          kernel_size: [3, 3],
          strides: [1, 1],
          padding: 'same',
          activation: 'hard_sigmoid',
          kernel_initializer: {
            class_name: 'VarianceScaling',
            config: { scale: 1, mode: 'fan_avg', distribution: 'uniform', seed: null },
          },
          bias_initializer: zeros,
        },
        inbound_nodes: [{ args: [tensor('image')], kwargs: {} }],
      },
      {
        class_name: 'BatchNormalization',
        name: 'norm',
        config: { name: 'norm', axis: -1, momentum: 0.9, epsilon: 0.001 },
        inbound_nodes: [{ args: [tensor('window')], kwargs: { mask: null, training: null } }],
      },
      {
        class_name: 'Add',
        name: 'sum',
        config: { name: 'sum' },
        inbound_nodes: [{ args: [[tensor('window'), tensor('norm')]], kwargs: {} }],
      },
      {
        class_name: 'Flatten',
        name: 'flat',
        config: { name: 'flat' },
        inbound_nodes: [{ args: [tensor('sum')], kwargs: {} }],
      },
      {
        ...dense,
        config: { name: 'classes', units: 10, activation: 'softmax' },
        inbound_nodes: [{ args: [tensor('flat')], kwargs: {} }],
      },
    ],
    input_layers: ['image', 0, 0],
    output_layers: ['classes', 0, 0],
  },
}
/** In the form of Keras 2: sequences. */
const KERAS_2 = {
  class_name: 'Model',
  keras_version: '2.4.0',
  config: {
    layers: [
      {
        class_name: 'InputLayer',
        name: 'tokens',
        config: { batch_input_shape: [null, 28], name: 'tokens' },
        inbound_nodes: [],
      },
      {
        class_name: 'Embedding',
        name: 'rows',
        config: {
          name: 'rows',
          input_dim: 10,
          output_dim: 4,
          embeddings_initializer: { class_name: 'RandomUniform', config: { minval: -0.05, maxval: 0.05 } },
        },
        inbound_nodes: [[['tokens', 0, 0, {}]]],
      },
      {
        class_name: 'Bidirectional',
        name: 'ways',
        config: {
          name: 'ways',
          merge_mode: 'concat',
          layer: { class_name: 'LSTM', config: { name: 'lstm', units: 3, recurrent_activation: 'sigmoid' } },
        },
        inbound_nodes: [[['rows', 0, 0, { training: null }]]],
      },
      {
        ...dense,
        config: { name: 'classes', units: 10, activation: 'softmax', kernel_initializer: 'glorot_uniform' },
        inbound_nodes: [[['ways', 0, 0, {}]]],
      },
    ],
    input_layers: [['tokens', 0, 0]],
    output_layers: [['classes', 0, 0]],
  },
}
/** In the form of TensorFlow.js before 1.0. */
const BARE = {
  modelTopology: {
    class_name: 'Sequential',
    config: [
      { class_name: 'Flatten', config: { name: 'flat', batch_input_shape: [null, 28, 28, 1] } },
      { ...dense, config: { name: 'classes', units: 10, activation: 'softmax' } },
    ],
  },
}

describe('any JSON of a model', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  for (const [what, model] of Object.entries({ KERAS_3, KERAS_2, BARE })) {
    it(`is accepted or refused with the path, for odd values anywhere in ${what}`, async () => {
      for (const path of placesIn(model)) {
        for (const odd of ODD) {
          const { status, body } = await ask(withAt(model, path, odd))
          const place = `${path.join('.')} = ${JSON.stringify(odd).slice(0, 100)}`
          assert.ok(status === 200 || status === 400, `${place}: ${status} ${JSON.stringify(body)}`)
          if (status === 400) assert.match(body.errors[0].path, /^(model|dataset)/, place)
          assert.ok(JSON.stringify(body.errors ?? []).length < 5000, place)
        }
      }
    })
  }

  it('is refused if it is nested too deeply, in a job and in an upload', async () => {
    const levels = 20_000
    const deep = '['.repeat(levels) + ']'.repeat(levels)
    const text = JSON.stringify(BARE).replace('"units":10', `"units":${deep}`)
    const inJob = await fetch(`${api.url}/v1/jobs?dryRun=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"model":{"topology":${text}},"dataset":{"id":"mnist"},"optimizer":{"name":"sgd","learningRate":0.1}}`,
    })
    assert.equal(inJob.status, 400, await inJob.clone().text())
    const form = new FormData()
    form.append('spec', `{"name":"deep","topology":${text}}`)
    const inSpec = await fetch(`${api.url}/v1/models`, { method: 'POST', body: form })
    assert.equal(inSpec.status, 400, await inSpec.clone().text())
    const files = new FormData()
    files.append('spec', '{"name":"deep"}')
    files.append('file', new Blob([text]), 'model.json')
    const inFile = await fetch(`${api.url}/v1/models`, { method: 'POST', body: files })
    assert.equal(inFile.status, 400, await inFile.clone().text())
    assert.match(await inFile.text(), /more than 100 levels/)
  })

  async function ask(topology: unknown) {
    const answer = await fetch(`${api.url}/v1/jobs?dryRun=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // An own key of this name is what JSON.parse makes of it.
      body: JSON.stringify({
        model: { topology },
        dataset: { id: 'mnist' },
        optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
      }),
    })
    return { status: answer.status, body: JSON.parse(await answer.text()) }
  }
})

/** The paths of everything in a JSON value. */
function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  const inner = Object.entries(value).flatMap(([key, part]) => placesIn(part, [...path, key]))
  return path.length > 0 ? [[...path], ...inner] : inner
}

function withAt(value: unknown, [key, ...rest]: readonly string[], odd: unknown): unknown {
  if (key === undefined) return odd
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = withAt(copy[key], rest, odd)
  return copy
}
