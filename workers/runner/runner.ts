import '#children/end-with-parent.ts'

import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { Interruption } from '#workers/training/loop.ts'
import { failureOf } from './failure-of.ts'
import { resetPeakMemory } from './peak-memory.ts'
import { perform } from './perform.ts'
import type { RunnerMessage, RunnerOrder, TaskOrder } from './runner-protocol.ts'
import { warmUp } from './warm-up.ts'
import { Wear } from './wear.ts'

// A child of the supervisor: opens the engine that argv names, reports that it is ready, and performs one task after the other. It ends
// after a task that failed or was stopped, and when it has become worn.
// It uses neither Redis nor HTTP, and ends with its supervisor.

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

const [name, threads] = process.argv.slice(2)
const opening = openEngine(name as EngineName, Number(threads))
const stopping = new AbortController()
let isIdle = true
process.on('message', (order: RunnerOrder) => {
  if (order.type === 'stop') stop(new Interruption(order.keep))
  else performOne(order).catch(fail)
})

const engine = await opening
await warmUp()
const wear = new Wear(engine)
await send({ type: 'ready' })

async function performOne(order: TaskOrder): Promise<void> {
  isIdle = false
  resetPeakMemory()
  await perform(order, engine, stopping.signal, send)
  if (!(await wear.allowsAnother())) process.exit(0)
  isIdle = true
  stopping.signal.throwIfAborted()
  await send({ type: 'ready' })
}

function stop(reason: Interruption): void {
  stopping.abort(reason)
  if (isIdle) process.exit(1)
}

/** Resolves when the message has been sent. */
function send(message: RunnerMessage): Promise<void> {
  return new Promise(resolve => process.send!(message, () => resolve()))
}

async function fail(error: unknown): Promise<void> {
  if (!stopping.signal.aborted) await send({ type: 'failed', error: failureOf(error) })
  process.exit(1)
}
