import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EpochMetrics } from '@thresher/client'
import { heatColour, heatPosition } from '#web/src/charts/heat-colours.ts'
import { heatRows, nearest, sparsityAt, summarizeHeat } from '#web/src/charts/heat-rows.ts'

const epoch = (kernel: number, bias: number) =>
  ({
    layers: [
      { name: 'dense/kernel', shape: [4, 5], size: 20, nonzero: kernel },
      { name: 'dense/bias', shape: [5], size: 5, nonzero: bias },
    ],
  }) as EpochMetrics

describe('the heat map', () => {
  it('has a row for each kernel, and for each bias on request', () => {
    const epochs = [epoch(20, 5), epoch(10, 1)]
    assert.deepEqual(
      heatRows(epochs, true).map(row => row.name),
      ['dense/kernel'],
    )
    const [kernel, bias] = heatRows(epochs, false)
    assert.equal(sparsityAt(kernel!, 1), 0.5)
    assert.equal(sparsityAt(bias!, 1), 0.8)
  })

  it('is summarized by its sparsest and its densest variable', () => {
    const summary = summarizeHeat(heatRows([epoch(20, 5), epoch(10, 1)], false))
    assert.equal(
      summary,
      '2 variables. After the last epoch the sparsest is dense/bias with 80.00 % zeros; the densest is dense/kernel with 50.00 % zeros.',
    )
  })

  it('gives 90 %, 99 % and 99.9 % even steps on the logarithmic scale', () => {
    const positions = [0, 0.9, 0.99, 0.999].map(sparsity => heatPosition(sparsity, 'log').toFixed(6))
    assert.deepEqual(positions, ['0.000000', '0.333333', '0.666667', '1.000000'])
    assert.equal(heatPosition(1, 'log'), 1)
  })

  it('gets steadily lighter with the sparsity', () => {
    const luminance = ([red, green, blue]: readonly number[]) =>
      0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
    const values = Array.from({ length: 101 }, (_, step) => luminance(heatColour(step / 100)))
    assert.ok(values.every((value, index) => index === 0 || value >= values[index - 1]!))
  })

  it('finds the epoch that is nearest to a place on the axis', () => {
    const xs = Float64Array.of(1, 2, 3, 10)
    assert.deepEqual(
      [0, 1.4, 1.6, 6, 7, 99].map(x => nearest(xs, x)),
      [0, 0, 1, 2, 3, 3],
    )
  })
})
