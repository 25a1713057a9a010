import assert from 'node:assert/strict'
import { it } from 'node:test'
import { specDifferences } from '#web/src/pages/compare/spec-differences.ts'

it('the differences of specs are the paths whose values are not the same in all, missing fields included', () => {
  const specs = [
    { optimizer: { name: 'grda', learningRate: 0.3, c: 0.002 }, epochs: 10, artifacts: ['sparse'] },
    { optimizer: { name: 'sgd', learningRate: 0.3 }, epochs: 10, artifacts: ['sparse'], mask: 'support' },
    { optimizer: { name: 'grda', learningRate: 0.3, c: 0.01 }, epochs: 10, artifacts: ['sparse', 'keras'] },
  ]
  assert.deepEqual(specDifferences(specs), [
    { path: 'optimizer.name', values: ['grda', 'sgd', 'grda'] },
    { path: 'optimizer.c', values: [0.002, undefined, 0.01] },
    { path: 'artifacts', values: [['sparse'], ['sparse'], ['sparse', 'keras']] },
    { path: 'mask', values: [undefined, 'support', undefined] },
  ])
})

it('the fields of one object are together, whichever spec has them', () => {
  const specs = [
    { optimizer: { name: 'sgd' }, epochs: 1 },
    { optimizer: { name: 'grda', mu: 0.6 }, epochs: 2 },
  ]
  assert.deepEqual(
    specDifferences(specs).map(({ path }) => path),
    ['optimizer.name', 'optimizer.mu', 'epochs'],
  )
})

it('an empty object is like a missing one', () => {
  assert.deepEqual(specDifferences([{ labels: {} }, {}]), [])
})

it('equal specs have no differences', () => {
  assert.deepEqual(specDifferences([{ labels: { team: 'a' } }, { labels: { team: 'a' } }]), [])
})
