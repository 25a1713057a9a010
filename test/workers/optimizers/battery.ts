import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { adagrad } from '#workers/optimizers/adagrad.ts'
import { adam } from '#workers/optimizers/adam.ts'
import { adamw } from '#workers/optimizers/adamw.ts'
import { clipByGlobalNorm } from '#workers/optimizers/clip-by-global-norm.ts'
import { transformGradients } from '#workers/optimizers/gradient-transform.ts'
import { grda, grdaExcluding } from '#workers/optimizers/grda.ts'
import { type LearningRate, type Optimizer, toScalars } from '#workers/optimizers/optimizer.ts'
import { partition } from '#workers/optimizers/partition.ts'
import { rmsprop } from '#workers/optimizers/rmsprop.ts'
import { momentumSgd, sgd } from '#workers/optimizers/sgd.ts'
import { descend, randomValues, type Values } from './descend.ts'

const HALVED_LATE: LearningRate = step => (step > 10 ? 0.05 : 0.1)

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false }

export const OPTIMIZERS: Record<string, Optimizer> = {
  grda: grda({ c: 0.001, mu: 0.7, clock: 'steps' }, HALVED_LATE),
  'grda, clock time': grda({ c: 0.001, mu: 0.7, clock: 'time' }, HALVED_LATE),
  'grda, exclude': grdaExcluding(name => name === 'bias', { c: 0.001, mu: 0.7, clock: 'steps' }, HALVED_LATE),
  'grda, by channel': grdaExcluding(() => false, { c: 0.001, mu: 0.7, clock: 'steps' }, HALVED_LATE, [
    {
      kernel: 'kernel',
      channels: 5,
      size: 9,
      members: [
        { name: 'kernel', view: [8, 5, 1] },
        { name: 'bias', view: [1, 5, 1] },
      ],
    },
  ]),
  sgd: sgd(HALVED_LATE),
  momentum: momentumSgd({ momentum: 0.9, nesterov: false }, HALVED_LATE),
  nesterov: momentumSgd({ momentum: 0.9, nesterov: true }, HALVED_LATE),
  adagrad: adagrad({ initialAccumulator: 0.1, epsilon: 1e-7 }, HALVED_LATE),
  adam: adam(ADAM, HALVED_LATE),
  amsgrad: adam({ ...ADAM, amsgrad: true }, HALVED_LATE),
  rmsprop: rmsprop({ rho: 0.9, momentum: 0, epsilon: 1e-7 }, HALVED_LATE),
  'rmsprop, momentum': rmsprop({ rho: 0.9, momentum: 0.5, epsilon: 1e-7 }, HALVED_LATE),
  adamw: adamw({ ...ADAM, weightDecay: 0.1 }, HALVED_LATE, name => name !== 'bias'),
  'adam, clipped': transformGradients(clipByGlobalNorm(1), adam(ADAM, HALVED_LATE)),
  'grda, clipped': transformGradients(
    clipByGlobalNorm(2),
    grda({ c: 0.001, mu: 0.7, clock: 'steps' }, HALVED_LATE),
  ),
  'rmsprop and momentum, by variable': partition(
    {
      kernels: rmsprop({ rho: 0.9, momentum: 0, epsilon: 1e-7 }, HALVED_LATE),
      others: momentumSgd({ momentum: 0.9, nesterov: false }, () => 0.1),
    },
    name => (name === 'kernel' ? 'kernels' : 'others'),
  ),
}

/** Tests of every optimizer, on the engine that is open. */
export function testOptimizers(): void {
  for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
    test(`${name} decreases a quadratic and keeps shapes and dtypes`, () => {
      const start = randomValues(1)
      const { values } = descend(optimizer, start, 60)
      assert.ok(quadratic(values) < quadratic(start) / 2)
      for (const [variable, { shape }] of Object.entries(start)) {
        assert.deepEqual(values[variable]!.shape, shape)
        assert.ok(values[variable]!.data instanceof Float32Array)
      }
    })

    test(`${name} is deterministic and frees every tensor`, () => {
      const before = tf.memory().numTensors
      const first = descend(optimizer, randomValues(1), 5)
      assert.deepEqual(descend(optimizer, randomValues(1), 5), first)
      assert.equal(tf.memory().numTensors, before)
    })

    test(`${name} continues from its saved state bit for bit`, () => {
      const undisturbed = descend(optimizer, randomValues(1), 20)
      const half = descend(optimizer, randomValues(1), 7)
      const resumed = descend(optimizer, half.values, 13, half)
      assert.deepEqual(resumed, undisturbed)
    })
  }

  test('clipping to a norm that no gradient exceeds changes nothing bit for bit', () => {
    const start = randomValues(4)
    const clipped = transformGradients(clipByGlobalNorm(1e6), adam(ADAM, HALVED_LATE))
    assert.deepEqual(descend(clipped, start, 20), descend(adam(ADAM, HALVED_LATE), start, 20))
  })

  test('clipping scales all gradients together to the given norm', () => {
    const start = { a: { shape: [1], data: Float32Array.of(3) }, b: { shape: [1], data: Float32Array.of(4) } }
    const { values } = descend(
      transformGradients(
        clipByGlobalNorm(1),
        sgd(() => 1),
      ),
      start,
      1,
    )
    // The gradients 3 and 4 have norm 5.
    assert.ok(Math.abs(values.a!.data[0]! - (3 - 3 / 5)) < 1e-6)
    assert.ok(Math.abs(values.b!.data[0]! - (4 - 4 / 5)) < 1e-6)
  })

  test('a partition moves each variable as its own optimizer does', () => {
    const parts = {
      momentum: momentumSgd({ momentum: 0.9, nesterov: false }, HALVED_LATE),
      plain: sgd(() => 0.2),
    }
    const start = randomValues(5)
    const { values } = descend(
      partition(parts, name => (name === 'kernel' ? 'momentum' : 'plain')),
      start,
      15,
    )
    assert.deepEqual(values.kernel, descend(parts.momentum, start, 15).values.kernel)
    assert.deepEqual(values.bias, descend(parts.plain, start, 15).values.bias)
  })

  test('AdamW without a gradient decays the weights of its mask alone', () => {
    const optimizer = adamw(
      { ...ADAM, weightDecay: 0.5 },
      () => 0.1,
      name => name !== 'bias',
    )
    const params = { kernel: tf.tensor1d([2]), bias: tf.tensor1d([2]) }
    const gradients = { kernel: tf.tensor1d([0]), bias: tf.tensor1d([0]) }
    const { scalars } = optimizer.tick(optimizer.clock)
    const moved = optimizer.update(gradients, optimizer.init(params), params, toScalars(scalars)).params
    assert.ok(Math.abs(moved.kernel!.dataSync()[0]! - (2 - 0.1 * 0.5 * 2)) < 1e-6)
    assert.equal(moved.bias!.dataSync()[0], 2)
  })

  test('momentum and nesterov move as their formulas say', () => {
    const rate = () => 0.5
    const twoSteps = (nesterov: boolean) =>
      descend(
        momentumSgd({ momentum: 0.5, nesterov }, rate),
        { w: { shape: [1], data: Float32Array.of(8) } },
        2,
      ).values.w!.data[0]
    // Gradients of w^2 / 2. Plain: m = -4, w = 4; m = -4, w = 0. Nesterov: m = -4, w = 2; m = -3, w = -0.5.
    assert.equal(twoSteps(false), 0)
    assert.equal(twoSteps(true), -0.5)
  })
}

function quadratic(values: Values): number {
  return Object.values(values).reduce((sum, { data }) => sum + data.reduce((part, w) => part + w * w, 0), 0)
}
