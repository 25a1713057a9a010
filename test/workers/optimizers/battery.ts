import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { adagrad } from '#workers/optimizers/adagrad.ts'
import { adam } from '#workers/optimizers/adam.ts'
import { grda } from '#workers/optimizers/grda.ts'
import type { LearningRate, Optimizer } from '#workers/optimizers/optimizer.ts'
import { rmsprop } from '#workers/optimizers/rmsprop.ts'
import { momentumSgd, sgd } from '#workers/optimizers/sgd.ts'
import { descend, randomValues, type Values } from './descend.ts'

const HALVED_LATE: LearningRate = step => (step > 10 ? 0.05 : 0.1)

const OPTIMIZERS: Record<string, Optimizer> = {
  grda: grda({ c: 0.001, mu: 0.7, clock: 'steps' }, HALVED_LATE),
  'grda, clock time': grda({ c: 0.001, mu: 0.7, clock: 'time' }, HALVED_LATE),
  'grda, exclude': grda({ c: 0.001, mu: 0.7, clock: 'steps' }, HALVED_LATE, name => name !== 'bias'),
  sgd: sgd(HALVED_LATE),
  momentum: momentumSgd({ momentum: 0.9, nesterov: false }, HALVED_LATE),
  nesterov: momentumSgd({ momentum: 0.9, nesterov: true }, HALVED_LATE),
  adagrad: adagrad({ initialAccumulator: 0.1, epsilon: 1e-7 }, HALVED_LATE),
  adam: adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false }, HALVED_LATE),
  amsgrad: adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: true }, HALVED_LATE),
  rmsprop: rmsprop({ rho: 0.9, momentum: 0, epsilon: 1e-7 }, HALVED_LATE),
  'rmsprop, momentum': rmsprop({ rho: 0.9, momentum: 0.5, epsilon: 1e-7 }, HALVED_LATE),
}

/** What every optimizer owes its users, on whatever engine is open. */
export function testOptimizers(): void {
  for (const [name, transform] of Object.entries(OPTIMIZERS)) {
    test(`${name} decreases a quadratic and keeps shapes and dtypes`, () => {
      const start = randomValues(1)
      const { values } = descend(transform, start, 60)
      assert.ok(quadratic(values) < quadratic(start) / 2)
      for (const [variable, { shape }] of Object.entries(start)) {
        assert.deepEqual(values[variable]!.shape, shape)
        assert.ok(values[variable]!.data instanceof Float32Array)
      }
    })

    test(`${name} is deterministic and frees every tensor`, () => {
      const before = tf.memory().numTensors
      const first = descend(transform, randomValues(1), 5)
      assert.deepEqual(descend(transform, randomValues(1), 5), first)
      assert.equal(tf.memory().numTensors, before)
    })

    test(`${name} goes on from its saved state bit for bit`, () => {
      const undisturbed = descend(transform, randomValues(1), 20)
      const half = descend(transform, randomValues(1), 7)
      const resumed = descend(transform, half.values, 13, half)
      assert.deepEqual(resumed, undisturbed)
    })
  }

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
