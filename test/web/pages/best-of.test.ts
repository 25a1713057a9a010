import assert from 'node:assert/strict'
import { it } from 'node:test'
import { bestOf } from '#web/src/pages/compare/best-of.ts'

it('the best values are the highest accuracies and the lowest losses, all of them if several are equal', () => {
  assert.deepEqual([...bestOf('validationAccuracy', [0.9, undefined, 0.95, 0.95])], [2, 3])
  assert.deepEqual([...bestOf('validationLoss', [0.3, 0.1])], [1])
})

it('no value is the best if all are the same, or if the metric has no better direction', () => {
  assert.deepEqual([...bestOf('sparsity', [0, 0])], [])
  assert.deepEqual([...bestOf('learningRate', [0.1, 0.3])], [])
})
