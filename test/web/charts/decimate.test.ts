import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decimate } from '#web/src/charts/decimate.ts'
import type { Series } from '#web/src/charts/series.ts'

const curve = (xs: number[], ys: number[], label = 'curve'): Series => ({
  label,
  xs: Float64Array.from(xs),
  ys: Float64Array.from(ys),
})
const count = (length: number) => Array.from({ length }, (_, index) => index)

describe('decimation', () => {
  it('returns few points exactly, with one more on each side of the interval', () => {
    const rows = decimate([curve([1, 2, 3, 4, 5], [10, 20, 30, 40, 50])], 2.5, 4.5, 100)
    assert.deepEqual(Array.from(rows.xs), [2, 3, 4, 5])
    assert.deepEqual(rows.ys, [[20, 30, 40, 50]])
    assert.deepEqual([rows.shown, rows.total], [2, 2])
  })

  it('joins curves with different x and leaves out what a curve does not have', () => {
    const rows = decimate([curve([1, 3], [1, 3]), curve([2, 3], [20, Number.NaN])], 0, 4, 100)
    assert.deepEqual(Array.from(rows.xs), [1, 2, 3])
    assert.deepEqual(rows.ys, [
      [1, undefined, 3],
      [undefined, 20, null],
    ])
  })

  it('keeps the spike of a long curve', () => {
    const ys = count(10_000).map(x => (x === 6_543 ? 1e6 : Math.sin(x)))
    const rows = decimate([curve(count(10_000), ys)], 0, 9_999, 200)
    assert.ok(rows.ys[0]!.includes(1e6))
  })

  it('keeps the lowest and the highest point of each pixel column, in the order in which they occur', () => {
    const ys = [5, 9, 1, 4, 4, 2, 8, 3]
    const rows = decimate([curve(count(8), ys), curve([0.5], [0])], 0, 8, 2)
    const kept = rows.ys[0]!.filter(y => y !== undefined)
    assert.deepEqual(kept, [9, 1, 2, 8])
  })

  it('states how many of the points are shown', () => {
    const rows = decimate([curve(count(10_000), count(10_000))], 0, 9_999, 100)
    assert.equal(rows.total, 10_000)
    assert.equal(rows.shown, 200)
    assert.equal(rows.ys[0]!.filter(y => y !== undefined).length, 200)
  })

  it('gives the same picture for the same data', () => {
    const series = [curve(count(5_000), count(5_000).map(Math.cos))]
    assert.deepEqual(decimate(series, 10, 4_000, 300), decimate(series, 10, 4_000, 300))
  })

  it('continues a line to the edges of the interval', () => {
    const xs = count(10_001)
    const rows = decimate([curve(xs, xs)], 100.5, 9_900.5, 50)
    assert.equal(rows.xs[0], 100.5)
    assert.equal(rows.ys[0]![0], 100.5)
    assert.equal(rows.ys[0]!.at(-1), 9_900.5)
  })

  it('draws x in ascending order', () => {
    const rows = decimate([curve(count(9_000), count(9_000)), curve([4.2, 8.4], [1, 2])], 0, 8_999, 128)
    const xs = Array.from(rows.xs)
    assert.deepEqual(
      xs,
      xs.toSorted((a, b) => a - b),
    )
  })
})
