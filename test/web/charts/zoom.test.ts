import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { moveRange, scaleRange } from '#web/src/charts/ranges.ts'

describe('the interval of a chart', () => {
  it('keeps the point under the pointer while it is scaled', () => {
    const [from, to] = scaleRange([0, 100], 0.5, 25, [0, 100])!
    assert.deepEqual([from, to], [12.5, 62.5])
    assert.equal((25 - from) / (to - from), 0.25)
  })

  it('is null when it contains everything', () => {
    assert.equal(scaleRange([20, 80], 4, 50, [0, 100]), null)
  })

  it('keeps its length when it is moved against the end', () => {
    assert.deepEqual(moveRange([60, 80], 0.5, [0, 100]), [70, 90])
    assert.deepEqual(moveRange([60, 80], 5, [0, 100]), [80, 100])
    assert.deepEqual(moveRange([10, 30], -5, [0, 100]), [0, 20])
  })

  it('is never too small for the points to be separated', () => {
    assert.equal(scaleRange([50, 50.000_001], 0.1, 50, [0, 100]), null)
  })
})
