import type { TrialMetrics } from './metrics.ts'
import type { Values } from './space.ts'
import type { SweepRequest } from './sweep-request.ts'

/** `pending`: the action to submit it was given, and no event has named its job yet. */
type RunStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** One job of a trial. A trial that is promoted or resumed has several, each continuing the one before. */
export interface Run {
  status: RunStatus
  /** The job trains to this epoch; absent: to the base's. */
  epochs?: number
  jobId?: string
  /** The job whose last checkpoint this one starts from. */
  continues?: string
  /** Of the last epoch that the job has completed, or the job that it continues. */
  metrics?: TrialMetrics
  /** Who wants the job cancelled: the search does not need it, or the whole sweep is cancelled. */
  stoppedBy?: 'search' | 'sweep'
  /** Whether the job is paused; it holds its place until it is resumed or cancelled. */
  isPaused?: true
  /** Whether the action `cancel` was given. */
  isCancelSent?: boolean
  /** Why the job failed or was refused. */
  error?: string
  /** Whether it failed because its loss was not finite, so that a repetition would fail too. */
  hasDiverged?: true
}

/** `reference` trains with c = 0, `final` trains the winner of short runs in full, `rangeTest` varies the learning rate. */
export type TrialKind = 'trial' | 'reference' | 'final' | 'rangeTest'

/** One point of the space. */
export interface Trial {
  /** Counts from 0 in the order of submission. */
  id: number
  kind: TrialKind
  values: Values
  runs: readonly Run[]
  /** Every epoch, of the kinds whose history a search reads. */
  curve?: readonly TrialMetrics[]
}

export interface SweepResult {
  /** The best trial; null where none satisfies the constraints, or the objective has no single best. */
  best: number | null
  /** The trials that no other one beats in every metric, the sparsest last. */
  front: readonly number[]
  /** What a learning-rate range test recommends. */
  learningRate?: LearningRateAdvice
}

export interface LearningRateAdvice {
  recommended: number
  /** The largest rate at which the training loss still fell. */
  largest: number
  /** Whether the loss fell up to the end of the range, so that a larger rate may do as well. */
  isAtEndOfRange: boolean
}

/** A sweep as plain JSON: it can be stored after every event and loaded again. */
export interface SweepState {
  request: SweepRequest
  status: 'running' | 'cancelling' | 'cancelled' | 'finished'
  trials: readonly Trial[]
  result?: SweepResult
}

/** The run that is current: the last one. */
export function currentRun({ runs }: Trial): Run {
  return runs.at(-1)!
}

export function isActive(trial: Trial): boolean {
  return isOpen(currentRun(trial))
}

function isOpen({ status }: Run): boolean {
  return status === 'pending' || status === 'running'
}

/** The last run that trained to an epoch, once it has ended. */
export function endedRun({ runs }: Trial, epochs: number): Run | undefined {
  const run = runs.findLast(run => run.epochs === epochs)
  return run && !isOpen(run) ? run : undefined
}

/** The metrics of the trial's last job that succeeded; none where a job of it failed. */
export function finalMetrics({ runs }: Trial): TrialMetrics | undefined {
  if (runs.some(({ status }) => status === 'failed')) return undefined
  return runs.findLast(({ status }) => status === 'succeeded')?.metrics
}

export function replaceTrial(state: SweepState, trial: Trial): SweepState {
  return { ...state, trials: state.trials.with(trial.id, trial) }
}

export function replaceRun(state: SweepState, trial: Trial, run: Run): SweepState {
  return replaceTrial(state, { ...trial, runs: trial.runs.with(-1, run) })
}
