import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type FloatTensor, fromNetwork, ModelError } from '#runtime/src/index.ts'

const LINEAR = { activation: 'linear', padding: 'valid' }

function tensor(name: string, ...shape: number[]): FloatTensor {
  const length = shape.reduce((product, n) => product * n, 1)
  return { name, shape, data: new Float32Array(length).fill(1 / length) }
}

const open = (inputShape: number[], layers: object[], tensors: FloatTensor[]) =>
  fromNetwork({
    topology: { inputShape, layers },
    tensors,
    preprocessing: { scale: 1, mean: [0], std: [1] },
    outputActivation: 'linear',
    classes: [],
  })

/** A convolution whose output has the pitches of its images, although it is small, and one that makes it deep. */
function deep(height: number, window: number[], filters: number): [object[], FloatTensor[]] {
  const left = height - window[0]! + 1
  return [
    [
      { type: 'conv2d', name: 'narrow', filters: 1, kernelSize: window, ...LINEAR },
      { type: 'conv2d', name: 'deep', filters, kernelSize: 1, ...LINEAR },
      { type: 'conv2d', name: 'last', filters: 1, kernelSize: [left, 1], ...LINEAR },
      { type: 'flatten', name: 'flat' },
    ],
    [
      tensor('narrow/kernel', ...window, 1, 1),
      tensor('deep/kernel', 1, 1, 1, filters),
      tensor('last/kernel', left, 1, filters, 1),
    ],
  ]
}

const isRefused = (message: RegExp) => (error: unknown) =>
  error instanceof ModelError && message.test(error.message)

describe('a small network that would take much memory', () => {
  it('is refused if the values of an example are too large for the offsets of the kernels', async () => {
    await assert.rejects(open([2, 1000, 1], ...deep(2, [1, 1000], 600_000)), isRefused(/more than 2 GiB/))
  })

  it('predicts many examples in batches that fit', async () => {
    const [images, side, filters] = [64, 100, 2000]
    const model = await open([side, side, 1], ...deep(side, [side, side], filters))
    const inputs = Float32Array.from({ length: images * side ** 2 }, (_, i) => Math.floor(i / side ** 2))
    for (const [image, output] of model.predict(inputs).entries())
      assert.ok(Math.abs(output - image / filters) <= 1e-5, `image ${image}: ${output}`)
  })

  it('is refused if its depthwise convolutions take too much as dense ones', async () => {
    const channels = 11_000
    const names = Array.from({ length: 6 }, (_, index) => `depthwise${index}`)
    const layers = names.map(name => ({
      type: 'depthwiseConv2d',
      name,
      kernelSize: 1,
      depthMultiplier: 1,
      ...LINEAR,
    }))
    const tensors = names.map(name => tensor(`${name}/depthwiseKernel`, 1, 1, channels, 1))
    await assert.rejects(open([1, 1, channels], layers, tensors), isRefused(/depthwise convolutions/))
  })

  it('is refused if its sequences have too many steps', async () => {
    const recurrent = {
      type: 'simpleRnn',
      name: 'rnn',
      units: 1,
      direction: 'forward',
      returnSequences: false,
    }
    const tensors = [tensor('rnn/kernel', 1, 1), tensor('rnn/recurrentKernel', 1, 1)]
    await assert.rejects(open([2_000_000, 1], [recurrent], tensors), isRefused(/too many steps/))
    const model = await open([50_000, 1], [recurrent], tensors)
    assert.equal(model.predict(new Float32Array(50_000)).length, 1)
  })
})
