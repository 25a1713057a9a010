import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Y_STEPS, yRange } from '#web/src/charts/y-range.ts'

it('an axis of shares ends at 0 and 100 %, also for one value', () => {
  for (const scale of ['linear', 'asinh', 'log'] as const)
    for (const [low, high] of [
      [0.02, 0.02],
      [0.5, 0.999],
      [1, 1],
    ] as const) {
      const [from, to] = yRange(low, high, scale, true)
      assert.ok(from >= 0 && from <= low && to >= high && to <= 1 && from < to, `${scale}: ${from}..${to}`)
    }
  assert.deepEqual(yRange(0, 0, 'linear', true), [0, 1])
})

it('an axis of one number begins at zero and is not larger than twice the number', () => {
  assert.deepEqual(yRange(0, 0, 'linear', false), [0, 1])
  assert.deepEqual(yRange(0.3, 0.3, 'linear', false), [0, 0.6])
  assert.deepEqual(yRange(-2, -2, 'asinh', false), [-4, 0])
})

it('an axis has steps for the losses of a training that diverged', () => {
  assert.ok(Y_STEPS.some(step => step > 1e33 / 8 && step < 1e33))
  assert.ok(Y_STEPS.every((step, index) => index === 0 || step > Y_STEPS[index - 1]!))
})
