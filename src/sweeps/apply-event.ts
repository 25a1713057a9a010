import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { pickMetrics, type TrialMetrics } from './metrics.ts'
import {
  currentRun,
  isActive,
  type Run,
  replaceRun,
  replaceTrial,
  type SweepState,
  type Trial,
} from './sweep-state.ts'

type Measured = { epoch: number } & Partial<EpochMetrics>

/**
 * What happens to a sweep. Events may be repeated; `trialSubmitted` must come before the other events of its job, because an
 * event of an unknown job is ignored.
 */
export type SweepEvent =
  | { type: 'trialSubmitted'; trial: number; jobId: string }
  /** The service refused the job; the trial counts as failed. */
  | { type: 'trialRefused'; trial: number; error: string }
  | { type: 'trialEpoch'; trial: number; jobId: string; metrics: Measured }
  | { type: 'trialPaused' | 'trialResumed'; trial: number; jobId: string }
  | {
      type: 'trialEnded'
      trial: number
      jobId: string
      status: 'succeeded' | 'failed' | 'cancelled'
      /** Of the model that the job has made: with early stopping, of an earlier epoch than the last one. */
      metrics?: Measured
      error?: string
      hasDiverged?: boolean
    }
  | { type: 'cancelled' }
  /** Continues a cancelled sweep: the trials that were cancelled with it continue from their checkpoints. */
  | { type: 'resumed' }

/** One step of the fold. @returns the same object where the event changes nothing, as a repeated one does */
export function applyEvent(state: SweepState, event: SweepEvent): SweepState {
  if (event.type === 'cancelled') return cancelSweep(state)
  if (event.type === 'resumed') return resumeSweep(state)
  const trial = state.trials[event.trial]
  if (!trial) return state
  const run = currentRun(trial)
  switch (event.type) {
    case 'trialSubmitted': {
      const isKnown = trial.runs.some(({ jobId }) => jobId === event.jobId)
      if (isKnown || run.status !== 'pending') return state
      return replaceRun(state, trial, { ...run, jobId: event.jobId, status: 'running' })
    }
    case 'trialRefused':
      if (run.status !== 'pending') return state
      return replaceRun(state, trial, { ...run, status: 'failed', error: event.error })
    case 'trialPaused':
      if (!isRunning(run, event.jobId) || run.isPaused) return state
      return replaceRun(state, trial, { ...run, isPaused: true })
    case 'trialResumed':
      if (!isRunning(run, event.jobId) || !run.isPaused) return state
      return replaceRun(state, trial, resumed(run))
    case 'trialEpoch':
      if (!isRunning(run, event.jobId)) return state
      return measured(state, trial, pickMetrics(event.metrics))
    case 'trialEnded': {
      if (!isRunning(run, event.jobId)) return state
      const { status, error, hasDiverged, metrics } = event
      const after = metrics ? measured(state, trial, pickMetrics(metrics)) : state
      const last = after.trials[trial.id]!
      return replaceRun(after, last, {
        ...resumed(currentRun(last)),
        // With early stopping, the model may be of an earlier epoch than the last one.
        ...(metrics && { metrics: pickMetrics(metrics) }),
        status,
        ...(error !== undefined && { error }),
        ...(hasDiverged && { hasDiverged }),
      })
    }
  }
}

function resumed({ isPaused: _, ...run }: Run): Run {
  return run
}

function isRunning(run: Run, jobId: string): boolean {
  return run.status === 'running' && run.jobId === jobId
}

/** An epoch repeated after a restart has the same numbers, so the first report counts. */
function measured(state: SweepState, trial: Trial, metrics: TrialMetrics): SweepState {
  const run = currentRun(trial)
  if (run.metrics && metrics.epoch <= run.metrics.epoch) return state
  const runs = trial.runs.with(-1, { ...run, metrics })
  const { curve } = trial
  const isNew = curve && metrics.epoch > (curve.at(-1)?.epoch ?? 0)
  return replaceTrial(state, { ...trial, runs, ...(isNew && { curve: [...curve, metrics] }) })
}

function cancelSweep(state: SweepState): SweepState {
  if (state.status !== 'running') return state
  const trials = state.trials.map(trial => {
    const run = currentRun(trial)
    if (!isActive(trial) || run.stoppedBy) return trial
    return { ...trial, runs: trial.runs.with(-1, { ...run, stoppedBy: 'sweep' as const }) }
  })
  return { ...state, status: 'cancelling', trials }
}

function resumeSweep(state: SweepState): SweepState {
  if (state.status !== 'cancelled') return state
  const { result: _, ...rest } = state
  return { ...rest, status: 'running', trials: state.trials.map(resumeTrial) }
}

function resumeTrial(trial: Trial): Trial {
  const { status, stoppedBy, metrics, epochs, jobId } = currentRun(trial)
  if (status !== 'cancelled' || stoppedBy !== 'sweep') return trial
  const again = { status: 'pending', ...(epochs !== undefined && { epochs }) } as const
  const run: Run = metrics ? { ...again, continues: jobId!, metrics } : again
  return { ...trial, runs: [...trial.runs, run] }
}
