import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultTuning } from '#optimization/finish.ts'
import { OptimizerSpec } from '#optimization/optimizer-spec.ts'

test('fine-tuning replaces an optimizer that prunes by SGD with momentum at half its rate', () => {
  const grda = OptimizerSpec.parse({ name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 })
  assert.deepEqual(defaultTuning(grda).optimizer, {
    name: 'sgd',
    learningRate: 0.15,
    momentum: 0.9,
    nesterov: false,
  })
})

test('fine-tuning continues with an optimizer that does not prune', () => {
  const adam = OptimizerSpec.parse({ name: 'adam', learningRate: 0.001 })
  assert.equal(defaultTuning(adam).optimizer, adam)
})
