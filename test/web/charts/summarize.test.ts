import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { summarize } from '#web/src/charts/summarize.ts'
import { tableRows } from '#web/src/charts/table-rows.ts'

const words = { x: 'epoch', formatX: String, formatY: (y: number) => y.toFixed(1) }
const curve = (label: string, ys: number[]) => ({
  label,
  xs: Float64Array.from(ys, (_, index) => index + 1),
  ys: Float64Array.from(ys),
})

describe('the summary of a chart', () => {
  it('names the first and the last value and the extremes of each curve', () => {
    assert.equal(
      summarize([curve('loss', [3, 1, 4, 2])], words),
      'loss goes from 3.0 at epoch 1 to 2.0 at epoch 4; lowest 1.0 at epoch 2, highest 4.0 at epoch 3.',
    )
  })

  it('describes curves with one point and without points', () => {
    assert.equal(
      summarize([curve('first', [7]), curve('second', [])], words),
      'first is 7.0 at epoch 1. second has no points.',
    )
  })

  it('counts the curves that it does not describe', () => {
    const many = Array.from({ length: 9 }, (_, index) => curve(`run ${index}`, [1, 2]))
    assert.match(summarize(many, words), /3 more curves are in the table\.$/)
  })
})

describe('the table behind a chart', () => {
  it('has one row for each x, with the values of all curves', () => {
    const first = { label: 'a', xs: Float64Array.of(1, 3), ys: Float64Array.of(10, 30) }
    const second = { label: 'b', xs: Float64Array.of(2, 3), ys: Float64Array.of(0.2, 0.3) }
    assert.deepEqual(tableRows([first, second]), [
      { x: 1, ys: [10, Number.NaN] },
      { x: 2, ys: [Number.NaN, 0.2] },
      { x: 3, ys: [30, 0.3] },
    ])
  })
})
