import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { grda, grdaExcluding } from '#workers/optimizers/grda.ts'
import { toScalars } from '#workers/optimizers/optimizer.ts'
import { sgd } from '#workers/optimizers/sgd.ts'
import { descend, randomValues, toTensors } from './descend.ts'

/** Tests of gRDA, on the engine that is open. */
export function testGrda(): void {
  test('gRDA with c = 0 is SGD bit for bit', () => {
    const start = randomValues(2)
    const pruned = descend(
      grda({ c: 0, mu: 0.6, clock: 'steps' }, () => 0.1),
      start,
      20,
    )
    assert.deepEqual(
      pruned.values,
      descend(
        sgd(() => 0.1),
        start,
        20,
      ).values,
    )
  })

  test("gRDA's zeros are +0, and excluded variables have none", () => {
    const optimizer = grdaExcluding(
      name => name === 'bias',
      { c: 3, mu: 0.6, clock: 'steps' },
      () => 0.1,
    )
    const { values, slots } = descend(optimizer, randomValues(3), 3)
    const zeros = values.kernel!.data.filter(value => value === 0)
    assert.ok(zeros.length > 10)
    assert.ok(zeros.every(value => Object.is(value, 0)))
    assert.deepEqual(values.bias, slots.accumulator!.bias)
    assert.ok(values.bias!.data.every(value => value !== 0))
  })

  test('gRDA follows the golden trajectories', () => {
    const path = new URL(import.meta.resolve('#test/fixtures/grda-trajectories.json'))
    const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: GoldenCase[] }
    assert.equal(cases.length, 7)
    for (const golden of cases) followGolden(golden)
  })
}

interface GoldenCase {
  name: string
  c: number
  mu: number
  lr: { from_step: number; lr: number }[]
  shapes: Record<string, number[]>
  init: Record<string, string>
  gradients: Record<string, string>[]
  snapshots: { step: number; l1: number; exact: Record<string, string> }[]
}

function followGolden(golden: GoldenCase): void {
  const tensorsOf = (encoded: Record<string, string>) =>
    toTensors(
      Object.fromEntries(
        Object.entries(golden.shapes).map(([variable, shape]) => [
          variable,
          { shape, data: new Float32Array(decodeBytes(encoded[variable]!)) },
        ]),
      ),
    )
  const rateAt = (step: number) => golden.lr.findLast(({ from_step }) => from_step <= step)!.lr
  const optimizer = grda({ c: golden.c, mu: golden.mu, clock: 'steps' }, rateAt)
  tf.tidy(() => {
    let params = tensorsOf(golden.init)
    let slots = optimizer.init(params)
    let { clock } = optimizer
    for (const encoded of golden.gradients) {
      const next = optimizer.tick(clock)
      const scalars = toScalars(next.scalars)
      ;({ params, slots } = optimizer.update(tensorsOf(encoded), slots, params, scalars))
      clock = next.clock
      const snapshot = golden.snapshots.find(({ step }) => step === clock.step)
      if (!snapshot) continue
      assert.ok(Math.abs(clock.l1 / snapshot.l1 - 1) < 1e-12 || clock.l1 === snapshot.l1)
      for (const [variable, encoded] of Object.entries(snapshot.exact)) {
        const where = `${golden.name}, step ${snapshot.step}, ${variable}`
        expectNear(params[variable]!.dataSync<'float32'>(), new Float64Array(decodeBytes(encoded)), where)
      }
    }
  })
}

/** Within 2e-6, and zero in the same places except where |v| is within 1e-6 of the threshold. */
function expectNear(actual: Float32Array, exact: Float64Array, where: string): void {
  assert.equal(actual.length, exact.length)
  exact.forEach((expected, i) => {
    const difference = Math.abs(actual[i]! - expected)
    assert.ok(difference <= 2e-6, `${where}[${i}]: ${actual[i]} for ${expected}`)
    if ((actual[i] === 0) !== (expected === 0)) assert.ok(difference <= 1e-6, `${where}[${i}] is zero in one`)
  })
}

function decodeBytes(base64: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(base64, 'base64')).buffer
}
