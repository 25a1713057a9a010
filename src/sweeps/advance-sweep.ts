import { applyEvent, type SweepEvent } from './apply-event.ts'
import { needsReference, summarize } from './objective.ts'
import type { Move } from './search.ts'
import { searchOf } from './searches.ts'
import type { SweepRequest } from './sweep-request.ts'
import {
  currentRun,
  isActive,
  type Run,
  replaceRun,
  replaceTrial,
  type SweepResult,
  type SweepState,
  type Trial,
} from './sweep-state.ts'
import { referenceValues, trialSpec } from './trial-spec.ts'

/** What the caller does for a sweep. A crash may repeat an action, so the idempotency key of a job is made of `trial` and `run`. */
export type SweepAction =
  | { type: 'submit'; trial: number; run: number; spec: Readonly<Record<string, unknown>> }
  /** Submits a job that continues another from its last checkpoint; `epochs` absent: to the same epoch as that one. */
  | { type: 'promote'; trial: number; run: number; jobId: string; epochs?: number }
  | { type: 'cancel'; trial: number; jobId: string }
  | ({ type: 'finish' } & SweepResult)

export interface Advanced {
  state: SweepState
  actions: readonly SweepAction[]
}

/** A new sweep and its first actions. @param request one that `checkSweep` accepts */
export function startSweep(request: SweepRequest): Advanced {
  const state: SweepState = { request, status: 'running', trials: [] }
  return proceed(state, state)
}

/**
 * What follows from an event. A repeated event changes nothing and has no actions. Store the state before carrying out the
 * actions; `outstandingActions` gives those again that a crash may have lost.
 */
export function advanceSweep(state: SweepState, event: SweepEvent): Advanced {
  const after = applyEvent(state, event)
  return after === state ? { state, actions: [] } : proceed(state, after)
}

/** Submissions and cancellations that no event has answered yet. */
export function outstandingActions(state: SweepState): SweepAction[] {
  const pending = state.trials.filter(trial => currentRun(trial).status === 'pending')
  return [
    ...pending.map(trial => submitAction(state.request, trial)),
    ...cancelActions(state.trials.filter(isStopping)),
  ]
}

/** @param before the state before the event */
function proceed(before: SweepState, after: SweepState): Advanced {
  const moved = after.status === 'running' ? makeMoves(after) : after
  const submitted = moved.trials.filter(({ id, runs }) => runs.length > (before.trials[id]?.runs.length ?? 0))
  const stopping = moved.trials.filter(trial => isStopping(trial) && !currentRun(trial).isCancelSent)
  const sent = stopping.reduce(
    (state, trial) => replaceRun(state, trial, { ...currentRun(trial), isCancelSent: true }),
    moved,
  )
  const actions = [...cancelActions(stopping), ...submitted.map(trial => submitAction(moved.request, trial))]
  return finishIfOver(sent, actions)
}

/** Every move that the window has room for. */
function makeMoves(start: SweepState): SweepState {
  let state = start
  for (;;) {
    const move = nextMove(state)
    const hasRoom = state.trials.filter(isActive).length < state.request.maxConcurrent
    if (!move || (move.type !== 'stop' && !hasRoom)) return state
    state = applyMove(state, move)
  }
}

function nextMove(state: SweepState): Move | undefined {
  const { request, trials } = state
  if (needsReference(request) && !trials.some(({ kind }) => kind === 'reference'))
    return { type: 'start', kind: 'reference', values: referenceValues(request) }
  return searchOf(request).next(state)
}

function applyMove(state: SweepState, move: Move): SweepState {
  if (move.type === 'start') return { ...state, trials: [...state.trials, newTrial(state, move)] }
  const trial = state.trials[move.trial]!
  const run = currentRun(trial)
  if (move.type === 'stop') return replaceRun(state, trial, { ...run, stoppedBy: 'search' })
  const next: Run = {
    status: 'pending',
    epochs: move.epochs,
    continues: run.jobId!,
    ...(run.metrics && { metrics: run.metrics }),
  }
  return replaceTrial(state, { ...trial, runs: [...trial.runs, next] })
}

function newTrial({ trials }: SweepState, { kind, values, epochs }: Move & { type: 'start' }): Trial {
  const keepsCurve = kind === 'reference' || kind === 'rangeTest'
  return {
    id: trials.length,
    kind,
    values,
    runs: [{ status: 'pending', ...(epochs !== undefined && { epochs }) }],
    ...(keepsCurve && { curve: [] }),
  }
}

function finishIfOver(state: SweepState, actions: readonly SweepAction[]): Advanced {
  const isRunning = state.status === 'running' || state.status === 'cancelling'
  if (!isRunning || state.trials.some(isActive)) return { state, actions }
  const result = { ...summarize(state), ...searchOf(state.request).result?.(state) }
  const status = state.status === 'running' ? 'finished' : 'cancelled'
  return { state: { ...state, status, result }, actions: [...actions, { type: 'finish', ...result }] }
}

function submitAction(request: SweepRequest, trial: Trial): SweepAction {
  const { continues, epochs } = currentRun(trial)
  const key = { trial: trial.id, run: trial.runs.length - 1 }
  if (continues === undefined) return { type: 'submit', ...key, spec: trialSpec(request, trial, epochs) }
  return { type: 'promote', ...key, jobId: continues, ...(epochs !== undefined && { epochs }) }
}

/** Whether the trial's current job is to be cancelled and has an id. */
function isStopping(trial: Trial): boolean {
  const { status, stoppedBy } = currentRun(trial)
  return status === 'running' && stoppedBy !== undefined
}

function cancelActions(trials: readonly Trial[]): SweepAction[] {
  return trials.map(trial => ({ type: 'cancel', trial: trial.id, jobId: currentRun(trial).jobId! }))
}
