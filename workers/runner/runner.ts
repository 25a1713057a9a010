import '#children/end-with-parent.ts'

import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { Interruption } from '#workers/training/loop.ts'
import { failureOf } from './failure-of.ts'
import { perform } from './perform.ts'
import type { RunnerMessage, RunnerOrder } from './runner-protocol.ts'
import { warmUp } from './warm-up.ts'

// A child of the supervisor: opens the engine that argv names, reports that it is ready, performs one task, and ends.
// It uses neither Redis nor HTTP, and ends with its supervisor.

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

const [name, threads] = process.argv.slice(2)
const opening = openEngine(name as EngineName, Number(threads))
const stopping = new AbortController()
process.on('message', (order: RunnerOrder) => {
  if (order.type === 'stop') stopping.abort(new Interruption(order.keep))
  else perform(order, engine, stopping.signal, send).then(() => process.exit(0), fail)
})

const engine = await opening
await warmUp()
await send({ type: 'ready' })

/** Resolves when the message has been sent. */
function send(message: RunnerMessage): Promise<void> {
  return new Promise(resolve => process.send!(message, () => resolve()))
}

async function fail(error: unknown): Promise<void> {
  if (!stopping.signal.aborted) await send({ type: 'failed', error: failureOf(error) })
  process.exit(1)
}
