import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '#network/random.ts'
import { ownOpsMilliseconds } from '#workers/engine/native/own-ops.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

await openEngine('native')

/** [rows, inner, columns]: around whole vectors, tiles and blocks, and products that are too large for the op on some processors or all. */
const SIZES = [
  [1, 1, 1],
  [128, 512, 10],
  [13, 7, 16],
  [5, 30, 49],
  [12, 3, 65],
  [25, 100, 130],
  [100, 400, 10],
  [130, 400, 170],
  [1000, 40, 70],
  [200, 200, 200],
  [500, 600, 700],
] as const

for (const [rows, inner, columns] of SIZES) {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const factors = `${transposeA ? 'transposed ' : ''}[${rows}, ${inner}] and ${transposeB ? 'transposed ' : ''}[${inner}, ${columns}]`
      test(`the product of ${factors} equals that in float64`, () => {
        const random = randomStream(1, 'test', rows, inner, columns)
        const draw = (length: number) => Float32Array.from({ length }, () => random.normal())
        const [a, b] = [draw(rows * inner), draw(inner * columns)]
        const product = tf.tidy(() => {
          const first = tf.tensor2d(a, transposeA ? [inner, rows] : [rows, inner])
          const second = tf.tensor2d(b, transposeB ? [columns, inner] : [inner, columns])
          return tf.matMul(first, second, transposeA, transposeB).dataSync().slice()
        })
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            let [expected, size] = [0, 0]
            for (let k = 0; k < inner; k++) {
              const term =
                a[transposeA ? k * rows + row : row * inner + k]! *
                b[transposeB ? column * inner + k : k * columns + column]!
              expected += term
              size += Math.abs(term)
            }
            const actual = product[row * columns + column]!
            assert.ok(Math.abs(actual - expected) <= 1e-6 * size, `${row}, ${column}: ${actual}`)
          }
        }
      })
    }
  }
}

test('rows have the same bits whichever rows are multiplied with them, so threads can share them', () => {
  const random = randomStream(1, 'test')
  const draw = (shape: [number, number]) =>
    tf.tensor2d(
      Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal()),
      shape,
    )
  const [a, b] = [draw([1000, 40]), draw([40, 70])]
  const together = tf.matMul(a, b)
  const apart = [tf.matMul(tf.slice(a, 0, 301), b), tf.matMul(tf.slice(a, 301), b)]
  assert.deepEqual(tf.concat(apart).dataSync(), together.dataSync())
})

test('the own op computes small products, those of medium size with wide registers, and not large ones', () => {
  const spent = (rows: number) => {
    const before = ownOpsMilliseconds().ThresherProduct!
    tf.tidy(() => void tf.matMul(tf.ones([rows, 300]), tf.ones([300, 20])).dataSync())
    return ownOpsMilliseconds().ThresherProduct! - before
  }
  const hasWideRegisters = /\bfma\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
  assert.ok(spent(100) > 0)
  assert.equal(spent(1000) > 0, hasWideRegisters)
  assert.equal(spent(50_000), 0)
})
