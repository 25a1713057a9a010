import assert from 'node:assert/strict'
import { it } from 'node:test'
import { newId } from '#stores/new-id.ts'

it('job ids sort in the order in which they were created, and are unique', () => {
  const ids = Array.from({ length: 5000 }, () => newId('job'))
  assert.deepEqual([...ids].sort(), ids)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^job_[0-9a-hjkmnp-tv-z]{26}$/)
})
