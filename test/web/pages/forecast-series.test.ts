import assert from 'node:assert/strict'
import { it } from 'node:test'
import { constantOf, forecastSeries } from '#web/src/pages/submit/forecast-series.ts'

const points = (curves: ReturnType<typeof forecastSeries>[keyof ReturnType<typeof forecastSeries>]) =>
  curves?.map(({ label, xs, ys }) => [label, [...xs], [...ys]])

it('a plan becomes curves by epoch, with a missing point where an epoch has no value and bounds within 0 and 1', () => {
  const charts = forecastSeries([
    { epoch: 1, learningRate: 0.3, threshold: 0.01, forecastSparsity: 0.01, forecastError: 0.03 },
    { epoch: 2, learningRate: 0.1, threshold: 0.02 },
  ])
  assert.deepEqual(points(charts.learningRate), [['learning rate', [1, 2], [0.3, 0.1]]])
  assert.deepEqual(points(charts.threshold), [['threshold', [1, 2], [0.01, 0.02]]])
  assert.deepEqual(points(charts.sparsity), [
    ['expected', [1, 2], [0.01, Number.NaN]],
    ['at least', [1, 2], [0, Number.NaN]],
    ['at most', [1, 2], [0.04, Number.NaN]],
  ])
})

it('a curve without a single value is left out, and so is a chart without curves', () => {
  const charts = forecastSeries([{ epoch: 1, learningRate: 0.1 }])
  assert.deepEqual(Object.keys(charts), ['learningRate'])
})

it('a chart with one value only is that value, from its first epoch on', () => {
  const epochs = [0.3, 0.3, 0.1].map((learningRate, index) => ({ epoch: index + 1, learningRate }))
  const cut = { forecastSparsity: 0.95 }
  const { sparsity, learningRate } = forecastSeries([
    epochs[0]!,
    { ...epochs[1]!, ...cut },
    { ...epochs[2]!, ...cut },
  ])
  assert.deepEqual(constantOf(sparsity!), { value: 0.95, from: 2 })
  assert.equal(constantOf(learningRate!), undefined)
})
