import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { EpochMetrics, KeptCheckpoint, Tradeoff } from '@thresher/client'
import { modelPoints } from '#web/src/pages/tradeoff/model-points.ts'

const epochs = [1, 2, 3].map(
  epoch =>
    ({
      ...{ epoch, sparsity: epoch / 10, validationAccuracy: 0.9 + epoch / 100 },
      ...{ validationLoss: 1 / epoch, sparseBytes: 1000 - epoch },
    }) as EpochMetrics,
)
const kept = (epoch: number, kind: 'latest' | 'best') => ({ epoch, kind }) as KeptCheckpoint
const job = { id: 'job_1', modelEpoch: 3 }

it('without a trade-off, the points are the trained model and the epochs whose checkpoints are kept', () => {
  const points = modelPoints({
    job,
    checkpoints: [kept(3, 'latest'), kept(2, 'best'), kept(2, 'latest')],
    epochs,
  })
  assert.deepEqual(
    points.map(({ label, selection, sparsity, sizeBytes }) => ({ label, selection, sparsity, sizeBytes })),
    [
      { label: 'trained model', selection: {}, sparsity: 0.3, sizeBytes: 997 },
      { label: 'epoch 2', selection: { checkpoint: 2 }, sparsity: 0.2, sizeBytes: 998 },
    ],
  )
})

it('a point of a trade-off is selected by its sparsity, rule and scope, and the own point of all curves once, without a selector', () => {
  const point = {
    rule: 'magnitude',
    scope: 'global',
    validationLoss: 1,
    sizeBytes: { sparse: 5, zst: 4 },
  } as const
  const tradeoff = {
    points: [
      { ...point, sparsity: 0.3, own: true },
      { ...point, scope: 'layer', sparsity: 0.3, own: true },
      { ...point, sparsity: 0.95, validationAccuracy: 0.8 },
    ],
  } as Tradeoff
  const points = modelPoints({ job, tradeoff, checkpoints: [], epochs })
  assert.deepEqual(
    points.map(({ label, selection, curves }) => ({ label, selection, curves })),
    [
      { label: 'trained model', selection: {}, curves: ['magnitude, global', 'magnitude, layer'] },
      {
        label: 'cut by magnitude, global',
        selection: { sparsity: 0.95, rule: 'magnitude', scope: 'global' },
        curves: ['magnitude, global'],
      },
    ],
  )
})
