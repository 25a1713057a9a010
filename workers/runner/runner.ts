import '#children/end-with-parent.ts'

import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { Interruption } from '#workers/training/loop.ts'
import { failureOf } from './failure-of.ts'
import { runTask } from './run-task.ts'
import type { RunnerMessage, RunnerOrder } from './runner-protocol.ts'
import { warmUp } from './warm-up.ts'

// A child of the supervisor: opens the engine that argv names, says so, trains the one task it is given, and ends.
// It knows neither Redis nor HTTP, and never outlives its supervisor.

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

const [engine, threads] = process.argv.slice(2)
const opening = openEngine(engine as EngineName, Number(threads))
const stopping = new AbortController()
process.on('message', (order: RunnerOrder) => {
  if (order.type === 'stop') stopping.abort(new Interruption(order.keep))
  else runTask(order.task, running, stopping.signal, tell).then(() => process.exit(0), fail)
})

const running = await opening
await warmUp()
await tell({ type: 'ready' })

/** Resolves when the message has left. */
function tell(message: RunnerMessage): Promise<void> {
  return new Promise(resolve => process.send!(message, () => resolve()))
}

async function fail(error: unknown): Promise<void> {
  if (!stopping.signal.aborted) await tell({ type: 'failed', error: failureOf(error) })
  process.exit(1)
}
