import { setImmediate as nextTurn } from 'node:timers/promises'
import pLimit from 'p-limit'
import { AppError } from '#domain/error.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Plan, type PlanOptions, planSlices } from './plan-job.ts'

/** A plan takes up to a quarter of a second, so this many finish before their clients time out. */
const MOST_WAITING = 32
/** The longest time that a plan blocks other requests. */
const SLICE_MS = 5

// One plan at a time: in parallel, plans would not finish sooner, and would delay other requests more.
const turn = pLimit(1)

/** Plans a job without blocking the event loop. @throws AppError `unavailable` when too many plans are waiting */
export async function planInTurn(spec: TrainingSpec, options: PlanOptions): Promise<Plan> {
  if (turn.pendingCount >= MOST_WAITING)
    throw new AppError('unavailable', 'Too many dry runs are waiting. Try again soon.', {
      headers: { 'retry-after': '5' },
    })
  return await turn(() => planWithPauses(spec, options))
}

async function planWithPauses(spec: TrainingSpec, options: PlanOptions): Promise<Plan> {
  const slices = planSlices(spec, options)
  for (let sliceEnd = performance.now() + SLICE_MS; ; ) {
    const { done, value } = slices.next()
    if (done) return value
    if (performance.now() < sliceEnd) continue
    await nextTurn()
    sliceEnd = performance.now() + SLICE_MS
  }
}
