import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Countdown } from '#workers/supervisor/countdown.ts'

test('a time limit does not run while it is held, and goes on with what was left', async () => {
  const startedAt = performance.now()
  let countdown: Countdown
  const over = new Promise<void>(resolve => {
    countdown = new Countdown(200, resolve)
  })
  countdown!.hold()
  countdown!.hold()
  await pause(400)
  countdown!.run()
  countdown!.run()
  await over
  assert.ok(performance.now() - startedAt >= 590)
})
