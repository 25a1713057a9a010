import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LayersResult } from '#analyses/layers.ts'
import type { NormRatioResult } from '#analyses/norm-ratio.ts'
import { analysisOf, denseLayer, modelOf, problemOf } from '#test/support/analysed-models.ts'
import { layers } from '#workers/analyses/layers/layers.ts'
import { normRatio } from '#workers/analyses/norm-ratio/norm-ratio.ts'

const { spec } = problemOf({
  layers: [denseLayer('first', 2, 'tanh', true), denseLayer('second', 1)],
  loss: 'meanSquaredError',
  x: [[1, 2]],
  y: [[1]],
})
const models = [
  modelOf(spec, [
    [1, 0, 0, -1],
    [0, 1],
    [1, 0],
  ]),
  modelOf(spec, [
    [3, -3, 3, 3],
    [-3, 3],
    [3, -3],
  ]),
]

it('the table of layers counts the weights that are not zero by layer, by variable and in all', async () => {
  const { files } = await layers(analysisOf(models, {}).input)
  const result: LayersResult = JSON.parse(files['layers.json'] as string)
  assert.deepEqual(result.layers, [
    { layer: 'first', size: 6, nonzero: [3, 6] },
    { layer: 'second', size: 2, nonzero: [1, 2] },
  ])
  assert.deepEqual(
    result.models.map(({ sparsity, weightSparsity }) => [sparsity, weightSparsity]),
    [
      [0.5, 0.5],
      [0, 0],
    ],
  )
  assert.deepEqual((files['layers.csv'] as string).split('\r\n').slice(0, 3), [
    'variable,layer,size,job_0 epoch 1,job_1 epoch 1',
    'first/kernel,first,4,0.5,0',
    'first/bias,first,2,0.5,0',
  ])
})

it('n weights of equal magnitude beside zeros have the effective number n', async () => {
  const { files } = await normRatio(analysisOf(models, {}).input)
  const { points }: NormRatioResult = JSON.parse(files['norm-ratio.json'] as string)
  assert.deepEqual(
    points.map(({ nonzero, l1, l2, ratio, effective }) => ({ nonzero, l1, l2, ratio, effective })),
    [
      { nonzero: 4, l1: 4, l2: 2, ratio: 0.5, effective: 4 },
      {
        nonzero: 8,
        l1: 24,
        l2: Math.sqrt(72),
        ratio: Math.sqrt(72) / 24,
        effective: (24 / Math.sqrt(72)) ** 2,
      },
    ],
  )
  assert.ok(Math.abs(points[1]!.effective! - 8) < 1e-12)
})
