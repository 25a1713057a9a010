import assert from 'node:assert/strict'
import { it } from 'node:test'
import { brushCodec } from '#web/src/charts/parallel/brush-codec.ts'
import { dragged, movedByKey, withBound } from '#web/src/charts/parallel/move-bound.ts'

it('a drag selects the part between its ends, in either direction and within the axis; a click selects none', () => {
  assert.deepEqual(dragged(0.8, 0.2), { from: 0.2, to: 0.8 })
  assert.deepEqual(dragged(0.5, 1.4), { from: 0.5, to: 1 })
  assert.deepEqual(dragged(0.98, 0.5), { from: 0.5, to: 1 })
  assert.equal(dragged(0.5, 0.5), null)
})

it('the arrow keys move a bound, which stays within the axis and does not pass the other', () => {
  assert.deepEqual(movedByKey('ArrowDown', 'to'), { from: 0, to: 0.95 })
  assert.deepEqual(movedByKey('ArrowUp', 'from', { from: 0.2, to: 0.8 }), { from: 0.25, to: 0.8 })
  assert.ok(withBound({ from: 0.2, to: 0.3 }, 'from', 0.9)!.from < 0.3)
})

it('a brush over the whole axis is none', () => {
  assert.equal(movedByKey('End', 'to', { from: 0, to: 0.5 }), null)
  assert.equal(movedByKey('Tab', 'to'), undefined)
})

it('brushes are kept in the address', () => {
  const brushes = new Map([
    ['optimizer.mu', { from: 0.25, to: 0.75 }],
    ['sparsity', { from: 0, to: 0.5 }],
  ])
  assert.equal(brushCodec.write(brushes), 'optimizer.mu~0.25~0.75,sparsity~0~0.5')
  assert.deepEqual(brushCodec.read(brushCodec.write(brushes)), brushes)
  assert.equal(brushCodec.write(new Map()), null)
  assert.deepEqual(brushCodec.read('nonsense,c~1~0'), new Map())
})
