import { join } from 'node:path'
import type { AnalysisInput } from '#workers/analyses/computation.ts'
import { encodeState } from '#workers/analyses/saved-state.ts'
import { writeWholeFile } from './retrying-writer.ts'
import type { SendReport } from './runner-protocol.ts'

const INTERVAL_MS = 10_000
/** Saving takes at most about this share of the time: the larger the state, the rarer. */
const SHARE = 0.05

/**
 * Writes the state of an analysis to the scratch folder from time to time, and reports it. A state that cannot be written is left out,
 * because the analysis can do without.
 */
export function stateSaver(scratch: string, analysis: string, send: SendReport): AnalysisInput['save'] {
  let dueAt = performance.now() + INTERVAL_MS
  let isFailing = false
  return async (done, state) => {
    const startedAt = performance.now()
    if (startedAt < dueAt) return
    const name = `state-${done}.safetensors`
    try {
      await writeWholeFile(join(scratch, name), encodeState(state(), analysis))
      await send({ type: 'checkpoint', name, epoch: 0, step: done, isBest: false, isLast: false })
      isFailing = false
    } catch (error) {
      const message = `${name} could not be written: ${(error as Error).message}. The analysis continues.`
      if (!isFailing)
        await send({ type: 'warning', warning: { code: 'checkpoint_lost', path: name, message } })
      isFailing = true
    }
    const endedAt = performance.now()
    dueAt = endedAt + Math.max(INTERVAL_MS, (endedAt - startedAt) / SHARE)
  }
}
