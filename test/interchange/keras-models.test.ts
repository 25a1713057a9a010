import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import type { TrainedModel } from '#formats/trained-model.ts'
import { encodeKeras, encodeKerasWeights } from '#interchange/keras/write-keras.ts'
import { encodeNpy } from '#interchange/numpy/write-npz.ts'
import { encodeOnnx } from '#interchange/onnx/write-onnx.ts'
import { encodeTfjs } from '#interchange/tfjs/write-tfjs.ts'
import { loadTfjs } from '#test/support/load-tfjs.ts'
import { assertClose, predict, softmax, someImages } from '#test/support/predict.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelOf } from './model-of.ts'

const BATCH = 3
const NPY_HEADER_BYTES = 128
const KERAS2 = import.meta.resolve('#test/fixtures/keras2_functional.json')
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

await openEngine('native')

/** The network unchanged. */
const BARE = { graph: 'logits', preprocessing: 'none' } as const

/** Keras returns probabilities if its model ends in a softmax. */
const probabilities = (logits: Float32Array) => softmax(logits, BATCH)
const asItIs = (logits: Float32Array) => logits

/** By function and file: a description, and the function of the logits at the end. */
const MODELS = [
  ['sequential', 'a Sequential of Keras 3', probabilities],
  ['functional', 'a functional model of Keras 3', asItIs],
  ['keras2', 'a functional model of Keras 2', probabilities],
  ['activated', 'a model with every activation', asItIs],
  ['pooled', 'a model of pools with padding', asItIs],
  ['merged', 'a model with branches that merge', asItIs],
  ['along_steps', 'a model of sequences', asItIs],
  ['convolved', 'a model of depthwise, separable and transposed convolutions', asItIs],
  ['prepared', 'a model that preprocesses its examples and weights its channels', asItIs],
  ['prepared_steps', 'a model of sequences that preprocesses its examples', asItIs],
  ['flattened', 'a model that ends in a flattened image', asItIs],
  // Keras 3 has another function of that name, so its answer is not comparable.
  ['hard', 'a model with the hard sigmoid of Keras 2', undefined],
] as const

const HARD = {
  class_name: 'Functional',
  keras_version: '2.15.0',
  config: {
    name: 'hard',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'image',
        config: { batch_input_shape: [null, 5, 4, 2], name: 'image' },
        inbound_nodes: [],
      },
      {
        class_name: 'Conv2D',
        name: 'window',
        config: { name: 'window', filters: 3, kernel_size: [2, 2], activation: 'hard_sigmoid' },
        inbound_nodes: [[['image', 0, 0, {}]]],
      },
      {
        class_name: 'Flatten',
        name: 'flat',
        config: { name: 'flat' },
        inbound_nodes: [[['window', 0, 0, {}]]],
      },
    ],
    input_layers: [['image', 0, 0]],
    output_layers: [['flat', 0, 0]],
  },
}

async function predictWithTfjs(model: TrainedModel, images: Float32Array) {
  const loaded = await loadTfjs(encodeTfjs(model, BARE))
  const logits = loaded.predict(tf.tensor(images, [BATCH, ...model.topology.inputShape])) as tf.Tensor
  return logits.dataSync()
}

describe('a model that Keras wrote', () => {
  let folder: string
  const answers = new Map<string, Float32Array>()
  const models = new Map<string, TrainedModel>()
  const answerOf = async (name: string) => {
    const file = await readFile(join(folder, `${name}.npy`))
    return new Float32Array(file.buffer.slice(file.byteOffset + NPY_HEADER_BYTES))
  }
  const run = async (command: string) =>
    promisify(execFile)(await pythonWithReaders(), [path('keras_models.py'), command, folder])
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-keras-'))
    await run('write')
    await copyFile(fileURLToPath(KERAS2), join(folder, 'keras2.json'))
    await writeFile(join(folder, 'hard.json'), JSON.stringify(HARD))
    for (const [name] of MODELS) {
      const model = modelOf(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')))
      const { inputShape } = model.topology
      const images = someImages(inputShape, BATCH)
      await writeFile(join(folder, `${name}.weights.h5`), await encodeKerasWeights(model))
      await writeFile(join(folder, `${name}.keras`), await encodeKeras(model, BARE))
      await writeFile(join(folder, `${name}.onnx`), encodeOnnx(model, { ...BARE, weights: 'dense' }))
      models.set(name, model)
      await writeFile(
        join(folder, `${name}.images.npy`),
        encodeNpy({ shape: [BATCH, ...inputShape], data: images }),
      )
      answers.set(name, predict(model, images, BATCH))
    }
    await run('predict')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  for (const [name, what, ends] of MODELS) {
    if (ends)
      it(`${what} computes the same here`, async () => {
        assertClose(ends(answers.get(name)!), await answerOf(name))
      })

    it(`${what} computes the same when it is exported to Keras, ONNX and TensorFlow.js`, async () => {
      for (const reader of ['keras', 'onnx'])
        assertClose(await answerOf(`${name}.${reader}`), answers.get(name)!)
      const model = models.get(name)!
      assertClose(
        await predictWithTfjs(model, someImages(model.topology.inputShape, BATCH)),
        answers.get(name)!,
      )
    })
  }

  it('a model of TensorFlow.js computes the same here', () => {
    const theirs = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
        tf.layers.maxPooling2d({}),
        tf.layers.flatten(),
        tf.layers.dense({ units: 10 }),
      ],
    })
    const ours = modelOf({ modelTopology: theirs.toJSON(null, false) })
    theirs.setWeights(ours.weights.map(({ data, shape }) => tf.tensor(data, [...shape])))
    const images = someImages([28, 28, 1], BATCH)
    const logits = theirs.predict(tf.tensor(images, [BATCH, 28, 28, 1])) as tf.Tensor
    assertClose(predict(ours, images, BATCH), logits.dataSync())
  })
})
