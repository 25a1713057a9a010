import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { smooth } from '#web/src/charts/smooth.ts'

describe('smoothing', () => {
  it('leaves a constant curve constant from the first point on', () => {
    const smoothed = smooth(new Float64Array(50).fill(3), 0.95)
    for (const y of smoothed) assert.ok(Math.abs(y - 3) < 1e-12)
  })

  it('weights the past as the debiased exponential moving average does', () => {
    // Averages of 1, 2, 4 with the weights 1/2: (1/2) / (1/2), (1/4 + 2/2) / (3/4), (1/8 + 2/4 + 4/2) / (7/8).
    assert.deepEqual(
      Array.from(smooth(Float64Array.of(1, 2, 4), 0.5), y => y.toFixed(9)),
      [1, 5 / 3, 3].map(y => y.toFixed(9)),
    )
  })

  it('does not change a curve with the weight 0', () => {
    const ys = Float64Array.of(1, 5, 2)
    assert.equal(smooth(ys, 0), ys)
  })

  it('skips missing points', () => {
    const smoothed = smooth(Float64Array.of(1, Number.NaN, 1), 0.9)
    assert.ok(Number.isNaN(smoothed[1]))
    assert.ok(Math.abs(smoothed[2]! - 1) < 1e-12)
  })
})
