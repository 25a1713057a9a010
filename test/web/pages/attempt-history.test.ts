import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { JobEvent } from '@thresher/client'
import { attemptHistory } from '#web/src/pages/job/attempt-history.ts'

const worker = { id: 'worker_1', engine: 'native', device: 'cpu' }
const event = (type: string, attempt: number, data: object = {}) =>
  ({ type, attempt, time: `2026-01-01T00:00:0${attempt}Z`, data }) as JobEvent

it('gives each attempt the reason of its end', () => {
  const history = attemptHistory([
    event('queued', 0),
    event('started', 1, { worker }),
    event('restarted', 1, { reason: 'runner_lost', fromEpoch: 4 }),
    event('started', 2, { worker }),
    event('succeeded', 2),
  ])
  assert.deepEqual(
    history.map(({ attempt, end }) => [attempt, end]),
    [
      [1, 'the training process died; continued after epoch 4'],
      [2, 'succeeded'],
    ],
  )
})
