import { setImmediate as nextTurn } from 'node:timers/promises'

const TURN_MS = 100

/**
 * The same batches, with a turn for everything else in the process now and then: whoever wants the work to end can say so
 * only then. @throws the signal's reason once it is aborted
 */
export async function* pacedBatches<Batch>(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  let turnAt = performance.now()
  for await (const batch of batches) {
    yield batch
    if (performance.now() - turnAt < TURN_MS) continue
    await nextTurn()
    signal.throwIfAborted()
    turnAt = performance.now()
  }
  await nextTurn()
  signal.throwIfAborted()
}
