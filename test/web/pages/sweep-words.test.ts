import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Sweep } from '@thresher/client'
import { progressOf, trialsOf } from '#web/src/pages/sweeps/sweep-words.ts'

const counts = { pending: 0, running: 1, paused: 0, succeeded: 3, failed: 0, cancelled: 0 }
const sweep = (status: Sweep['status'], search: object) =>
  ({ status, counts, request: { search, maxTrials: 100 }, trials: [{ kind: 'trial' }] }) as unknown as Sweep

it('the progress of a running sweep counts the trials that are planned, not only those that were submitted', () => {
  const random = { method: 'random', trials: 10 }
  assert.deepEqual(trialsOf(sweep('running', random)), { ended: 3, total: 10 })
  assert.deepEqual(trialsOf(sweep('cancelled', random)), { ended: 3, total: 4 })
  assert.deepEqual(trialsOf(sweep('running', { method: 'largestC' })), { ended: 3, total: undefined })
})

it('the list has the number of all trials once the sweep has ended', () => {
  assert.equal(progressOf({ status: 'running', counts }), '3 succeeded, 1 running')
  assert.equal(progressOf({ status: 'finished', counts }), '3 of 4 succeeded, 1 running')
})
