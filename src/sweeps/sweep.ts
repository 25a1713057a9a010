import type { Owned } from '#access/owner.ts'
import type { SweepState } from './sweep-state.ts'

/** A sweep with what the search itself does not need. */
export interface Sweep extends Owned {
  id: string
  createdAt: string
  /** When it became `finished` or `cancelled`. */
  finishedAt?: string
  state: SweepState
}

/** Whether the sweep still has jobs to submit, to wait for or to cancel. */
export function isUnderWay({ state: { status } }: Sweep): boolean {
  return status === 'running' || status === 'cancelling'
}
