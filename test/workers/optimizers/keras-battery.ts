import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import { toScalars } from '#workers/optimizers/optimizer.ts'
import { mapRecord, toTensors } from './descend.ts'

interface Recording {
  shapes: Record<string, number[]>
  init: Record<string, string>
  gradients: Record<string, string>[]
  cases: { name: string; spec: object; snapshots: { step: number; values: Record<string, string> }[] }[]
}

const path = new URL(import.meta.resolve('#test/fixtures/keras-optimizers.json'))
const recording = JSON.parse(readFileSync(path, 'utf8')) as Recording

const VARIABLES = [
  { name: 'kernel', kind: 'kernel' },
  { name: 'bias', kind: 'bias' },
] as const

/**
 * Tests, on the engine that is open, that each optimizer of Keras 3 takes the steps that Keras takes in float64 on the same gradients, up to
 * the rounding of float32 weights.
 */
export function testAgainstKeras(): void {
  for (const { name, spec, snapshots } of recording.cases) {
    test(`${name} takes the same 100 steps as Keras`, () => {
      const rates = {
        optimizer: OptimizerSpec.parse(spec),
        schedule: { name: 'constant' },
        epochs: 1,
      } as const
      const optimizer = optimizerFromSpec(rates, { placed: [], variables: VARIABLES }, 100)
      let { clock } = optimizer
      let compared = 0
      tf.tidy(() => {
        let params = decode(recording.init)
        let slots = optimizer.init(params)
        for (const gradients of recording.gradients) {
          const next = optimizer.tick(clock)
          const scalars = toScalars(next.scalars)
          ;({ params, slots } = optimizer.update(decode(gradients), slots, params, scalars))
          clock = next.clock
          const snapshot = snapshots.find(({ step }) => step === clock.step)
          if (!snapshot) continue
          compared++
          for (const [variable, expected] of Object.entries(decode(snapshot.values))) {
            const largest = tf.max(tf.abs(expected)).dataSync()[0]!
            const difference = tf.max(tf.abs(tf.sub(params[variable]!, expected))).dataSync()[0]!
            const where = `${variable} is ${difference} of ${largest} off after step ${clock.step}`
            assert.ok(difference <= 1e-6 * largest, where)
          }
        }
      })
      assert.equal(compared, snapshots.length)
    })
  }
}

function decode(values: Record<string, string>): tf.NamedTensorMap {
  return toTensors(
    mapRecord(recording.shapes, (shape, variable) => {
      const bytes = Buffer.from(values[variable]!, 'base64')
      return { shape, data: new Float32Array(new Uint8Array(bytes).buffer) }
    }),
  )
}
