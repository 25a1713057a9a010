import assert from 'node:assert/strict'
import { it } from 'node:test'
import { forecastSeries } from '#web/src/pages/submit/forecast-series.ts'

it('a plan becomes one column for each curve, with null where an epoch has no value and bounds within 0 and 1', () => {
  const series = forecastSeries([
    {
      epoch: 1,
      learningRate: 0.3,
      threshold: 0.01,
      initialSparsity: 0.2,
      forecastSparsity: 0.01,
      forecastError: 0.03,
    },
    { epoch: 2, learningRate: 0.1, threshold: 0.02, initialSparsity: 0.9 },
  ])
  assert.deepEqual(series, {
    epochs: [1, 2],
    learningRate: [0.3, 0.1],
    threshold: [0.01, 0.02],
    sparsity: [0.01, null],
    lowest: [0, null],
    highest: [0.04, null],
    initialSparsity: [0.2, 0.9],
  })
})
