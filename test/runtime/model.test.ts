import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { surroundingsOf } from '#formats/exported-graph.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import type { Topology } from '#network/topology.ts'
import { fromNetwork, load, ModelError, type OutputActivation } from '#runtime/src/index.ts'
import { assertClose, normalised, predict, softmax, somePixels } from '#test/support/predict.ts'
import { recordOf } from '#test/support/record.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { networkOf, randomModel } from './random-model.ts'

await openEngine('native')

const record = recordOf('mnist-mlp', 0.02)
const { spec } = record
const trained = modelFromCheckpoint(spec, record.checkpoint!)
const pixels = somePixels([28, 28, 1], 3)
const rows = (image: Float32Array) =>
  Array.from({ length: 28 }, (_, y) => [...image.subarray(28 * y, 28 * y + 28)])
const images = [0, 1, 2].map(index => rows(pixels.subarray(784 * index, 784 * (index + 1))))

const openFile = async () => await load((await encodeArtifact('model.sparse.safetensors', record)).bytes)

describe('a model of a file', () => {
  it('predicts from pixels what TensorFlow predicts from their normalized fractions', async () => {
    const model = await openFile()
    assertClose(model.predict(pixels), softmax(predict(trained, normalised(pixels, spec), 3), 3))
    model.dispose()
  })

  it('takes examples as floats, bytes, lists, images in lists, and one by one', async () => {
    const model = await openFile()
    const expected = model.predict(pixels)
    for (const x of [Uint8Array.from(pixels), Float64Array.from(pixels), [...pixels], images])
      assert.deepEqual(model.predict(x), expected)
    assertClose(model.predict(images[1]!), expected.subarray(10, 20))
    model.dispose()
  })

  it('names its classes, shapes and layers', async () => {
    const model = await openFile()
    assert.deepEqual(model.inputShape, [28, 28, 1])
    assert.equal(model.outputCount, 10)
    assert.equal(model.classes.length, 10)
    const parameters = trained.weights.flatMap(({ data }) => [...data])
    assert.equal(model.parameters, parameters.length)
    assert.equal(model.sparsity, parameters.filter(value => value === 0).length / parameters.length)
    const kernels = trained.weights.filter(({ name }) => name.endsWith('kernel'))
    assert.deepEqual(
      model.layers.map(({ weights, nonzero }) => [weights, nonzero]),
      kernels.map(({ data }) => [data.length, data.filter(value => value !== 0).length]),
    )
    model.dispose()
  })

  it('says which layers are computed without their zeros', async () => {
    const { bytes } = await encodeArtifact('model.sparse.safetensors', record)
    for (const kernels of ['sparse', 'dense'] as const) {
      const model = await load(bytes, { kernels })
      assert.deepEqual(new Set(model.layers.map(({ computed }) => computed)), new Set([kernels]))
      model.dispose()
    }
  })

  it('classifies each example by its most probable class', async () => {
    const model = await openFile()
    const outputs = model.predict(pixels)
    for (const [index, { class: found, label, probability }] of model.classify(pixels).entries()) {
      const row = outputs.subarray(10 * index, 10 * (index + 1))
      assert.equal(found, row.indexOf(Math.max(...row)))
      assert.equal(label, String(found))
      assert.equal(probability, row[found!])
    }
    model.dispose()
  })

  it('refuses what are no whole examples', async () => {
    const model = await openFile()
    assert.throws(
      () => model.predict(pixels.subarray(1)),
      /x has 2351 numbers; an example \[28,28,1\] has 784/,
    )
    assert.throws(() => model.predict([]), /x has 0 numbers/)
    assert.throws(() => model.predict([images[0]!, images[1]!.slice(1)]), /nested lists of equal length/)
    assert.throws(() => model.predict([rows(pixels).map(row => row.slice(1))]), RangeError)
    assert.throws(() => model.predict('pixels' as never), /x must be a typed array/)
    model.dispose()
  })

  it('takes a list of typed arrays, one for each example', async () => {
    const model = await openFile()
    const each = [0, 1, 2].map(index => pixels.subarray(784 * index, 784 * (index + 1)))
    const expected = model.predict(pixels)
    assert.deepEqual(model.predict(each), expected)
    assert.deepEqual(model.predict(each.map(one => Uint8Array.from(one))), expected)
    assert.throws(
      () => model.predict([each[0]!, each[1]!.subarray(1)]),
      /x\[1\] has 783 numbers; an example has 784/,
    )
    model.dispose()
  })

  it('predicts no more after its memory was freed', async () => {
    for (const backend of ['native', 'wasm'] as const) {
      const { bytes } = await encodeArtifact('model.sparse.safetensors', record)
      const model = await load(bytes, { backend })
      model.dispose()
      assert.throws(() => model.predict(pixels), /The model was disposed of: load it again/)
    }
  })

  it('is not opened with options that do not exist', async () => {
    const { bytes } = await encodeArtifact('model.sparse.safetensors', record)
    await assert.rejects(
      load(bytes, { backend: 'cuda' as never }),
      /backend is cuda; it must be auto, native, wasm/,
    )
    await assert.rejects(
      load(bytes, { kernels: 'fast' as never }),
      /kernels is fast; it must be auto, sparse, dense/,
    )
  })

  it('is not opened from other arguments', async () => {
    await assert.rejects(load('model.sparse.safetensors' as never), /takes the bytes of a model file/)
    await assert.rejects(load(new ArrayBuffer(100)), ModelError)
  })
})

const dense = { type: 'dense', kernelInitializer: 'fanInUniform', activation: 'linear' } as const
const SINGLE: Topology = { inputShape: [4], layers: [{ ...dense, name: 'answer', units: 1 }] }
const open = async (outputActivation: OutputActivation, preprocessing = surroundingsOf(spec).preprocessing) =>
  await fromNetwork({
    ...networkOf(randomModel(SINGLE)),
    outputActivation,
    preprocessing,
    classes: ['no', 'yes'],
  })

describe('a model with one output', () => {
  const x = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i) * 300)

  it('has the probability of its second class', async () => {
    const model = await open('sigmoid')
    const outputs = model.predict(x)
    const found = model.classify(x)
    assert.deepEqual(new Set(found.map(({ label }) => label)), new Set(['no', 'yes']))
    for (const [index, { class: one, probability }] of found.entries()) {
      const output = outputs[index]!
      assert.equal(one, output > 0.5 ? 1 : 0)
      assert.equal(probability, output > 0.5 ? output : 1 - output)
    }
    assert.deepEqual(model.classify([NaN, 0, 0, 0]), [{ class: null, label: null, probability: null }])
    model.dispose()
  })

  it('that is a number has no class', async () => {
    const model = await open('linear')
    assert.throws(() => model.classify(x), /no probabilities: use predict/)
    model.dispose()
  })

  it('is exact for numbers far from zero', async () => {
    const preprocessing = { scale: 1, mean: [1e6, -3, 0.002, 700], std: [2.5, 40, 1e-4, 90] }
    const near = Float32Array.from([1, -2, 0.5, -0.25])
    const far = near.map((value, i) => value * preprocessing.std[i]! + preprocessing.mean[i]!)
    const rounded = far.map(
      (value, i) => (value - Math.fround(preprocessing.mean[i]!)) / preprocessing.std[i]!,
    )
    const [model, plain] = [
      await open('linear', preprocessing),
      await open('linear', { scale: 1, mean: [0], std: [1] }),
    ]
    assertClose(model.predict(far), plain.predict(rounded))
    model.dispose()
    plain.dispose()
  })
})

const DEPTHWISE: Topology = {
  inputShape: [6, 6, 16],
  layers: [
    {
      type: 'depthwiseConv2d',
      name: 'depthwise',
      kernelSize: 3,
      strides: 1,
      padding: 'same',
      depthMultiplier: 1,
      activation: 'linear',
      kernelInitializer: 'fanInUniform',
    },
    { type: 'globalAveragePooling2d', name: 'pool' },
  ],
}

it('a depthwise convolution is computed channel by channel, in a dense model too', async () => {
  const [dense, sparse] = await Promise.all(
    (['dense', 'auto'] as const).map(kernels =>
      fromNetwork(networkOf(randomModel(DEPTHWISE, () => 1)), { kernels }),
    ),
  )
  const weights = 3 * 3 * 16
  for (const { layers } of [dense!, sparse!])
    assert.deepEqual(layers, [{ name: 'depthwise', weights, nonzero: weights, computed: 'sparse' }])
  const x = somePixels([6, 6, 16], 2)
  assert.deepEqual(dense!.predict(x), sparse!.predict(x))
  for (const model of [dense!, sparse!]) model.dispose()
})

describe('a network is refused, with its layer:', () => {
  const layers = (...changed: object[]) => ({
    ...networkOf(randomModel(SINGLE)),
    topology: { inputShape: [4], layers: changed },
  })
  const REFUSED: Record<string, [network: ReturnType<typeof layers>, message: RegExp]> = {
    'a type of the future': [
      layers({ type: 'attention', name: 'answer' }),
      /layer "answer" \(attention\) is of a type that this version of the runtime does not know/,
    ],
    'an unknown activation': [
      layers({ ...SINGLE.layers[0], activation: 'mish' }),
      /layer "answer" \(dense\) must have one of linear, relu, .* as activation, not "mish"/,
    ],
    'a size that is no number': [
      layers({ ...SINGLE.layers[0], units: '1' }),
      /layer "answer" \(dense\) must have a whole number from 1 as units, not "1"/,
    ],
    'an input that comes later': [
      layers({ ...SINGLE.layers[0], inputs: ['later'] }),
      /inputs of layer "answer" must be earlier layers/,
    ],
    'an image where there is none': [
      layers({ type: 'maxPooling2d', name: 'pool', poolSize: 2 }),
      /layer "pool" \(maxPooling2d\) takes an image, not \[4\]/,
    ],
    'more activations than memory': [
      layers(
        { type: 'repeatVector', name: 'again', times: 1e6 },
        { type: 'reshape', name: 'square', shape: [1000, -1, 4] },
        { type: 'upSampling2d', name: 'huge', size: 1000 },
      ),
      /more than 250000000 activations/,
    ],
  }
  for (const [name, [network, message]] of Object.entries(REFUSED))
    it(name, async () => {
      await assert.rejects(
        fromNetwork(network),
        (error: Error) => error instanceof ModelError && message.test(error.message),
      )
    })
})

it('a token without an embedding is refused', async () => {
  const topology: Topology = {
    inputShape: [2],
    layers: [
      { type: 'embedding', name: 'words', inputDim: 5, outputDim: 3, embeddingsInitializer: 'ones' },
      { type: 'flatten', name: 'flat' },
      { ...dense, name: 'answer', units: 1 },
    ],
  }
  const model = await fromNetwork(networkOf(randomModel(topology)))
  assert.equal(model.predict([0, 4]).length, 1)
  assert.throws(
    () => model.predict([0, 5]),
    /x has 5 at index 1; layer "words" takes tokens, whole numbers from 0 to 4/,
  )
  for (const token of [-1, 0.5, NaN]) assert.throws(() => model.predict([0, token]), RangeError)
  model.dispose()
})
