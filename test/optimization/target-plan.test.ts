import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pruningEpochs, pruningSparsity } from '#optimization/target-plan.ts'

test('three fifths of the epochs train before the cut, and at least one on each side of it', () => {
  assert.deepEqual([1, 2, 3, 5, 10, 100].map(pruningEpochs), [1, 1, 2, 3, 6, 60])
})

test('before the cut, at most three times as many weights remain as after it', () => {
  for (const sparsity of [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999]) {
    const before = pruningSparsity(sparsity)
    assert.ok(before >= 0 && before <= sparsity)
    assert.ok(1 - before <= 3 * (1 - sparsity) + 1e-12)
  }
  assert.ok(Math.abs((1 - pruningSparsity(0.99)) / 0.01 - 3) < 0.1)
})
