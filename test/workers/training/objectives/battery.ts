import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { Loss } from '#domain/loss.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import { measure } from '#workers/training/metrics.ts'

interface Fixture {
  keras: string
  outputs: number[][]
  cases: Record<
    string,
    { labels: number[] | number[][]; loss: number; gradient: number[][]; metrics: Record<string, number> }
  >
}

const path = new URL(import.meta.resolve('#test/fixtures/keras-losses.json'))
const { keras, outputs, cases }: Fixture = JSON.parse(readFileSync(path, 'utf8'))

/** Tests of every loss, on the engine that is open. */
export function testObjectives(): void {
  for (const loss of Loss.options) {
    // Keras's categoricalCrossentropy differs only in taking one-hot labels.
    const expected = cases[loss === 'categoricalCrossentropy' ? 'sparseCategoricalCrossentropy' : loss]!
    test(`${loss}, its gradient and its metrics equal those of Keras ${keras}`, () => {
      tf.tidy(() => {
        const z = tf.tensor2d(outputs)
        const { labels: given } = expected
        const isNested = Array.isArray(given[0])
        const labels = isNested ? tf.tensor2d(given as number[][]) : tf.tensor1d(given as number[], 'int32')
        const objective = objectiveFor(loss)
        const { sum, gradientOfMean } = objective.loss(z, labels)
        expectNear(sum.dataSync()[0]! / outputs.length, expected.loss, 'loss')
        const gradient = gradientOfMean.dataSync()
        expected.gradient.flat().forEach((value, i) => {
          expectNear(gradient[i]!, value, `gradient[${i}]`)
        })
        const sums = { ...measure(objective.metrics, z, labels), ...objective.furtherMetrics(z, labels) }
        assert.deepEqual(Object.keys(sums), Object.keys(expected.metrics))
        for (const [name, mean] of Object.entries(expected.metrics))
          expectNear(sums[name]!.dataSync()[0]! / outputs.length, mean, name)
      })
    })
  }
}

function expectNear(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 2e-6 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual} for ${expected}`,
  )
}
