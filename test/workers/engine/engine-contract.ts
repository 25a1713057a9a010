import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '#network/random.ts'
import type { Engine, EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { RELU_GRADIENT, SOFTMAX_CROSS_ENTROPY } from '#workers/engine/ops/kernel-names.ts'
import { LABELS, OPERATIONS } from './operations.ts'
import { type Grid, gradientsOf, grid, softmaxCrossEntropy } from './reference.ts'

/**
 * Tests what training needs of an engine. Opens the engine for the rest of the process, so a test file can test only one engine; other
 * tests that need it open can follow in the same file.
 *
 * @param options how to open the engine, and how many steps to check for leaked tensors
 */
export function testEngine(
  name: EngineName,
  { open = () => openEngine(name), steps = 100 }: { open?: () => Promise<Engine>; steps?: number } = {},
): void {
  describe(`the ${name} engine`, () => {
    before(async () => {
      const engine = await open()
      assert.equal(engine.name, name)
      assert.ok(engine.threads >= 1)
    })

    for (const { title, inputs: shapes, compute, expect } of OPERATIONS) {
      it(`computes ${title} and its gradients`, () => {
        const inputs = shapes.map((shape, i) => drawGrid(shape, title, i))
        const expected = expect(...inputs)
        const weights = drawGrid(expected.shape, title, 'weights')
        tf.tidy(() => {
          const tensors = inputs.map(toTensor)
          assertClose(compute(...tensors), expected, 'the value')
          const weigh = (...x: tf.Tensor[]) => tf.sum(tf.mul(compute(...x), toTensor(weights)))
          const gradients = gradientsOf(expect, inputs, weights.values)
          tf.grads(weigh)(tensors).forEach((gradient, i) => {
            assertClose(gradient, gradients[i]!, `the gradient to input ${i}`)
          })
        })
      })
    }

    it('fuses a layer with its bias and activation', () => {
      const draw = (...shape: number[]) => toTensor(drawGrid(shape, 'fused'))
      tf.tidy(() => {
        const [x, w, b] = [draw(6, 30), draw(30, 20), draw(20)]
        const dense = tf.relu(tf.add(tf.matMul(x, w), b))
        assertClose(tf.fused.matMul({ a: x, b: w, bias: b, activation: 'relu' }), toGrid(dense), 'dense')
        const [images, filter, bias] = [
          draw(2, 6, 6, 3) as tf.Tensor4D,
          draw(3, 3, 3, 4) as tf.Tensor4D,
          draw(4),
        ]
        const convolved = tf.relu(tf.add(tf.conv2d(images, filter, 1, 'same'), bias))
        assertClose(
          tf.fused.conv2d({ x: images, filter, strides: 1, pad: 'same', bias, activation: 'relu' }),
          toGrid(convolved),
          'convolution',
        )
      })
    })

    it('has ReLU and softmax cross-entropy gradients as single kernels', () => {
      const logits = drawGrid([5, 7], 'logits')
      const expected = (z: Grid) => softmaxCrossEntropy(z, LABELS)
      tf.tidy(() => {
        const [losses, gradient] = tf.engine().runKernel<tf.Tensor[]>(SOFTMAX_CROSS_ENTROPY, {
          logits: toTensor(logits),
          labels: tf.tensor1d(LABELS, 'int32'),
        })
        assertClose(losses!, expected(logits), 'the losses')
        assertClose(
          gradient!,
          gradientsOf(expected, [logits], new Float64Array(5).fill(1))[0]!,
          'their gradient',
        )
        const dx = tf.engine().runKernel<tf.Tensor>(RELU_GRADIENT, {
          dy: tf.tensor1d([1, -2, 3, -4]),
          y: tf.tensor1d([0, 5, 0, 0.5]),
        })
        assert.deepEqual(Array.from(dx.dataSync()).map(Math.abs), [0, 2, 0, 4])
      })
    })

    it('keeps the loss of very large logits finite', () => {
      tf.tidy(() => {
        const [losses] = tf.engine().runKernel<tf.Tensor[]>(SOFTMAX_CROSS_ENTROPY, {
          logits: tf.tensor2d([[1000, 0, -1000]]),
          labels: tf.tensor1d([1], 'int32'),
        })
        assert.deepEqual(Array.from(losses!.dataSync()), [1000])
      })
    })

    it('gives the gradient of a pooling window to the first of equal values, negative ones too', () => {
      tf.tidy(() => {
        const image = tf.tensor4d([0, 0, -3, -2, 0, 0, -2, -5], [1, 2, 4, 1])
        const gradient = tf.grad(x => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')))(image)
        assert.deepEqual(Array.from(gradient.dataSync()), [1, 0, 0, 1, 0, 0, 0, 0])
      })
    })

    it('sums and averages over any axes', () => {
      const x = drawGrid([4, 3, 5], 'axes')
      tf.tidy(() => {
        for (const axes of [[0], [1], [2], [0, 1], [1, 0], [0, 2], [0, 1, 2]]) {
          for (const keepDims of [false, true]) {
            const sum = tf.sum(toTensor(x), axes, keepDims)
            const [expected, count] = sumOver(x, axes, keepDims)
            assertClose(sum, expected, `the sum over ${axes}`)
            const mean = { ...expected, values: expected.values.map(value => value / count) }
            assertClose(tf.mean(toTensor(x), axes, keepDims), mean, `the mean over ${axes}`)
          }
        }
      })
    })

    it('transposes any axes', () => {
      for (const permutation of [
        [1, 0],
        [0, 2, 1],
        [1, 0, 2],
        [2, 1, 0],
        [0, 1, 3, 2],
      ]) {
        const x = drawGrid([19, 9, 10, 5].slice(0, permutation.length), 'transposed')
        tf.tidy(() =>
          assertClose(tf.transpose(toTensor(x), permutation), permute(x, permutation), `${permutation}`),
        )
      }
    })

    it('gives the same bits for the same step', () => {
      assert.deepEqual(takeSteps(3), takeSteps(3))
    })

    it('leaves no tensor behind', () => {
      takeSteps(1)
      const before = countTensors()
      takeSteps(steps)
      assert.deepEqual(countTensors(), before)
    })
  })
}

/** Like tf.transpose: axis i of the result is axis permutation[i] of x. */
function permute(x: Grid, permutation: readonly number[]): Grid {
  const shape = permutation.map(axis => x.shape[axis]!)
  const values = new Float64Array(x.values.length)
  x.values.forEach((value, position) => {
    const at = indicesOf(position, x.shape)
    values[permutation.reduce((index, axis, i) => index * shape[i]! + at[axis]!, 0)] = value
  })
  return { ...x, shape, values }
}

function indicesOf(position: number, shape: readonly number[]): number[] {
  return shape.map((length, axis) => {
    const size = shape.slice(axis + 1).reduce((product, next) => product * next, 1)
    return Math.floor(position / size) % length
  })
}

/** Takes gradient steps of a small convolutional net that is large enough for several threads. @returns the final weights */
function takeSteps(count: number): Float32Array[] {
  const draw = (...shape: number[]) => toTensor(drawGrid(shape, 'step', shape.length))
  const images = draw(16, 14, 14, 1) as tf.Tensor4D
  const labels = tf.tidy(() => tf.oneHot(tf.range(0, 16, 1, 'int32'), 16))
  const shapes = [[3, 3, 1, 8], [8], [288, 16], [16]]
  let weights = shapes.map(shape => draw(...shape))
  const forward = ([filter, bias, w, b]: tf.Tensor[]) => {
    const features = tf.relu(tf.add(tf.conv2d(images, filter as tf.Tensor4D, 1, 'valid'), bias!))
    const pooled = tf.maxPool(features as tf.Tensor4D, 2, 2, 'valid')
    return tf.add(tf.matMul(tf.reshape(pooled, [16, 288]), w!), b!)
  }
  const toGradients = tf.grads((...w) => tf.losses.softmaxCrossEntropy(labels, forward(w)))
  for (let step = 0; step < count; step++) {
    const stepped = tf.tidy(() => toGradients(weights).map((g, i) => tf.sub(weights[i]!, tf.mul(g, 0.01))))
    tf.dispose(weights)
    weights = stepped
  }
  const values = weights.map(weight => weight.dataSync() as Float32Array)
  tf.dispose([images, labels, ...weights])
  return values
}

/** The number of tensors of tfjs-core, and of the engine itself. */
function countTensors(): Record<string, number> {
  const backend = tf.backend() as tf.KernelBackend & { getNumOfTFTensors?(): number }
  return {
    tensors: tf.memory().numTensors,
    data: backend.numDataIds(),
    handles: backend.getNumOfTFTensors?.() ?? 0,
  }
}

/** Seeded normal numbers that are exact in float32, so that both computations start from the same values. */
function drawGrid(shape: number[], ...stream: (string | number)[]): Grid {
  const random = randomStream(7, ...stream)
  return grid(shape, () => Math.fround(random.normal()))
}

function toTensor({ shape, values }: Grid): tf.Tensor {
  return tf.tensor(Float32Array.from(values), shape)
}

function toGrid(tensor: tf.Tensor): Grid {
  return { shape: tensor.shape, values: Float64Array.from(tensor.dataSync()) }
}

/** The sum over the axes, and the number of values in each sum. */
function sumOver(x: Grid, axes: number[], keepDims: boolean): [Grid, number] {
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  const sums = grid(kept, () => 0)
  let position = 0
  grid(x.shape, (...index) => {
    const target = index.reduce((sum, i, axis) => sum * kept[axis]! + (axes.includes(axis) ? 0 : i), 0)
    sums.values[target]! += x.values[position++]!
    return 0
  })
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis))
  return [{ shape, values: sums.values }, x.values.length / sums.values.length]
}

/**
 * float32 keeps 24 bits, and a sum of k products of size 1 loses up to k 2^-24 of its scale: 1e-5 allows for the 160
 * terms of the largest sums here, and is a hundred times below any mistake of formula.
 */
function assertClose(actual: tf.Tensor, expected: Grid, what: string): void {
  assert.deepEqual(actual.shape, expected.shape, `${what} has another shape`)
  const scale = expected.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const values = actual.dataSync()
  const error = expected.values.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - values[i]!)),
    0,
  )
  assert.ok(error <= 1e-5 * scale, `${what} is off by ${error} at a scale of ${scale}`)
}
