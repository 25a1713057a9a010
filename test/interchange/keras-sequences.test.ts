import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { encodeKeras, encodeKerasWeights } from '#interchange/keras/write-keras.ts'
import { encodeNpy } from '#interchange/numpy/write-npz.ts'
import { encodeOnnx } from '#interchange/onnx/write-onnx.ts'
import { encodeTfjs } from '#interchange/tfjs/write-tfjs.ts'
import { loadTfjs } from '#test/support/load-tfjs.ts'
import { assertClose, predict, someInputs } from '#test/support/predict.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelOf } from './model-of.ts'

const SCRIPT = fileURLToPath(new URL('keras_sequences.py', import.meta.url))
const BATCH = 3
const NPY_HEADER_BYTES = 128
/** The network unchanged. */
const BARE = { graph: 'logits', preprocessing: 'none' } as const

/** The models that Keras 3 writes, by the names in keras_sequences.py. */
const MODELS = [
  { name: 'table', what: 'an MLP over a table', tfjs: true },
  { name: 'steps', what: 'an MLP over each step', tfjs: true },
  { name: 'words', what: 'an MLP over embedded tokens', tfjs: true },
  { name: 'lstm', what: 'an LSTM over embedded tokens', tfjs: true },
  { name: 'lstms', what: 'a stack of LSTMs, forwards and backwards', tfjs: true },
  { name: 'grus', what: 'a stack of GRUs', tfjs: false },
  { name: 'simple', what: 'a stack of simple recurrent layers', tfjs: true },
  { name: 'decoder', what: 'an encoder and a decoder of its last output', tfjs: true },
  { name: 'both', what: 'a stack of bidirectional layers', tfjs: true },
  { name: 'both_grus', what: 'a functional model of bidirectional GRUs', tfjs: false },
]

await openEngine('native')

describe('a model over a table or sequences that Keras wrote', () => {
  let folder: string
  const models = new Map<string, TrainedModel>()
  const run = async (command: string) =>
    promisify(execFile)(await pythonWithReaders(), [SCRIPT, command, folder])
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-sequences-'))
    await run('write')
    for (const { name } of MODELS) {
      const model = thinOut(modelOf(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'))))
      models.set(name, model)
      const inputs = { shape: [BATCH, ...model.topology.inputShape], data: someInputs(model.topology, BATCH) }
      const files = {
        'inputs.npy': encodeNpy(inputs),
        keras: await encodeKeras(model, BARE),
        'weights.h5': await encodeKerasWeights(model),
        onnx: encodeOnnx(model, BARE),
        'dense.onnx': encodeOnnx(model, { ...BARE, weights: 'dense' }),
      }
      for (const [ending, bytes] of Object.entries(files))
        await writeFile(join(folder, `${name}.${ending}`), bytes)
    }
    await run('read')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  for (const { name, what, tfjs } of MODELS) {
    const ours = () => {
      const model = models.get(name)!
      return predict(model, someInputs(model.topology, BATCH), BATCH)
    }

    for (const [reader, place] of [
      ['theirs', 'that model with our weights'],
      ['keras', 'loaded by Keras'],
      ['onnx', 'loaded by ONNX Runtime'],
      ['dense.onnx', 'loaded by ONNX Runtime, stored dense'],
    ]) {
      it(`${what} computes the same here as ${place}`, async () => {
        const file = await readFile(join(folder, `${name}.${reader}.npy`))
        assertClose(ours(), new Float32Array(file.buffer.slice(file.byteOffset + NPY_HEADER_BYTES)))
      })
    }

    if (!tfjs) {
      it(`${what} cannot be exported to TensorFlow.js`, () => {
        assert.throws(() => encodeTfjs(models.get(name)!, BARE), {
          name: 'NothingToEncode',
          message: /TensorFlow.js has no GRU like .*reset_after/,
        })
      })
    } else
      it(`${what} computes the same here as loaded by TensorFlow.js`, async () => {
        const model = models.get(name)!
        const { inputShape } = model.topology
        const loaded = await loadTfjs(encodeTfjs(model, BARE))
        const inputs = tf.tensor(someInputs(model.topology, BATCH), [BATCH, ...inputShape])
        assertClose(ours(), (loaded.predict(inputs) as tf.Tensor).dataSync())
      })
  }
})

/** With zeros, which ONNX files leave out. */
function thinOut(model: TrainedModel): TrainedModel {
  const thin = (weight: FloatTensor) => ({
    ...weight,
    data: weight.data.map(value => (Math.abs(value) < 0.15 ? 0 : value)),
  })
  return { ...model, weights: model.weights.map(thin) }
}

it('a model over sequences that TensorFlow.js wrote computes the same here', () => {
  const gates = { recurrentActivation: 'sigmoid' } as const
  const bothWays = tf.layers.lstm({ units: 4, ...gates }) as tf.RNN
  const theirs = tf.sequential({
    layers: [
      tf.layers.embedding({ inputShape: [6], inputDim: 9, outputDim: 5 }),
      tf.layers.lstm({ units: 4, returnSequences: true, ...gates }),
      tf.layers.layerNormalization({ epsilon: 1e-5 }),
      tf.layers.simpleRNN({ units: 5, returnSequences: true }),
      tf.layers.bidirectional({ layer: bothWays, mergeMode: 'concat' }),
      tf.layers.dense({ units: 3 }),
    ],
  })
  const ours = modelOf({ modelTopology: theirs.toJSON(null, false) })
  theirs.setWeights(ours.weights.map(({ data, shape }) => tf.tensor(data, [...shape])))
  const inputs = someInputs(ours.topology, BATCH)
  const logits = theirs.predict(tf.tensor(inputs, [BATCH, 6])) as tf.Tensor
  assertClose(predict(ours, inputs, BATCH), logits.dataSync())
})
