import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EpochMetrics } from '@thresher/client'
import { metricSeries, xsOf } from '#web/src/charts/x-axis.ts'

const epochs = [
  { epoch: 1, step: 40, seconds: 2, sparsity: 0.5, validationLoss: 9, validationAccuracy: 0.1 },
  { epoch: 2, step: 80, seconds: 3, sparsity: 0.9, validationLoss: 8 },
  { epoch: 3, step: 120, seconds: 1, sparsity: 0.7, validationLoss: 7 },
] as EpochMetrics[]

describe('the x axis of a job', () => {
  it('is the epoch, the step, the time of training or the sparsity', () => {
    assert.deepEqual(Array.from(xsOf(epochs, 'epoch')), [1, 2, 3])
    assert.deepEqual(Array.from(xsOf(epochs, 'step')), [40, 80, 120])
    assert.deepEqual(Array.from(xsOf(epochs, 'time')), [2, 5, 6])
    assert.deepEqual(Array.from(xsOf(epochs, 'sparsity')), [0.5, 0.9, 0.7])
  })

  it('orders a curve by its x', () => {
    const series = metricSeries(epochs, 'loss', epoch => epoch.validationLoss, xsOf(epochs, 'sparsity'))
    assert.deepEqual(Array.from(series.xs), [0.5, 0.7, 0.9])
    assert.deepEqual(Array.from(series.ys), [9, 7, 8])
  })

  it('has a missing point where an epoch lacks the metric', () => {
    const series = metricSeries(epochs, 'accuracy', epoch => epoch.validationAccuracy, xsOf(epochs, 'epoch'))
    assert.deepEqual(Array.from(series.ys), [0.1, Number.NaN, Number.NaN])
  })
})
