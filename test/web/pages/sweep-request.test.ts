import assert from 'node:assert/strict'
import { it } from 'node:test'
import { countTrials } from '#web/src/pages/count-trials.ts'
import { fromEntry, toEntry } from '#web/src/pages/new-sweep/space-entry.ts'

it('the values of a field are typed as a list or as the ends of a range', () => {
  assert.deepEqual(fromEntry({ kind: 'list', text: '0.51, 0.6' }), [0.51, 0.6])
  assert.deepEqual(fromEntry({ kind: 'log', text: '0.0005, 5e-2' }), { log: [0.0005, 0.05] })
  assert.deepEqual(fromEntry({ kind: 'list', text: 'mnist, synthetic' }), ['mnist', 'synthetic'])
})

it('whole objects are typed as JSON, and every entry is shown as it is typed', () => {
  const values = [{ name: 'sgd', learningRate: 0.3 }, null]
  const entry = toEntry(values)
  assert.deepEqual(fromEntry(entry), values)
  assert.deepEqual(toEntry({ uniform: [1, 2] }), { kind: 'uniform', text: '1, 2' })
})

it('the number of trials is that of the combinations of a grid, or what the search says', () => {
  const space = { 'optimizer.mu': [0.5, 0.6], seed: [1, 2, 3] }
  assert.equal(countTrials({ search: { method: 'grid' }, space }), 6)
  assert.equal(countTrials({ search: { method: 'random', trials: 12 }, space }), 12)
  assert.equal(countTrials({ search: { method: 'asha' }, maxTrials: 8 }), 8)
  assert.equal(countTrials({ search: { method: 'largestC' } }), undefined)
})
