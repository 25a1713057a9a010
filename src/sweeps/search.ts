import type { Mistake } from '#domain/error.ts'
import type { Values } from './space.ts'
import type { SearchMethod, SearchOf, SweepRequest } from './sweep-request.ts'
import type { SweepResult, SweepState, TrialKind } from './sweep-state.ts'

/** One thing that a search wants done. */
export type Move =
  /** @property epochs absent: those of the base */
  | { type: 'start'; kind: TrialKind; values: Values; epochs?: number }
  /** Continues a trial from its last checkpoint. */
  | { type: 'promote'; trial: number; epochs: number }
  /** Cancels a trial whose result is not needed. */
  | { type: 'stop'; trial: number }

/** A request whose search has this method. */
export type RequestOf<Method extends SearchMethod> = SweepRequest & { search: SearchOf<Method> }
/** A sweep by this method. */
export type StateOf<Method extends SearchMethod> = SweepState & { request: RequestOf<Method> }

/** One method of search. It holds no state: all that it knows is in the sweep's. */
export interface Search<Method extends SearchMethod> {
  /** What is wrong with a request, beyond its schema and its paths. */
  mistakes(request: RequestOf<Method>): Mistake[]
  /** The most trials that a valid request can take. */
  mostTrials(request: RequestOf<Method>): number
  /**
   * The next move, `stop` before all others; none while there is nothing to do. A sweep with no move and no active trial is
   * finished. The caller applies the move and asks again while it has room for more.
   */
  next(state: StateOf<Method>): Move | undefined
  /** What the result has in place of the trial that is best by the objective. */
  result?(state: StateOf<Method>): Partial<SweepResult>
}
