import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seriesToCsv } from '#interchange/report/metric-series.ts'
import { parseMetrics } from '#web/src/pages/compare/parse-metrics.ts'

it('the CSV of the service is read back to the same figures, without the layers', () => {
  const epoch = {
    ...{ epoch: 1, epochs: 2, step: 235, learningRate: 0.3, threshold: 1.25e-7, trainLoss: 0.1 + 0.2 },
    ...{ validationLoss: 2, sparsity: 0.95, weightSparsity: 1, regrown: 0, layers: [], phase: 'fineTune' },
    ...{ examplesPerSecond: 1e5, seconds: 0.5, sparseBytes: 10, denseBytes: 100 },
  } as const
  const { layers: _, epochs: __, ...figures } = epoch
  assert.deepEqual(parseMetrics(seriesToCsv([epoch, { ...epoch, epoch: 2, validationAccuracy: 0 }])), [
    figures,
    { ...figures, epoch: 2, validationAccuracy: 0 },
  ])
})
