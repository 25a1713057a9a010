import { AppError, type ErrorCode } from '#domain/error.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import type { Stores } from '#stores/connect.ts'
import { outstandingActions, type SweepAction } from '#sweeps/advance-sweep.ts'
import type { SweepEvent } from '#sweeps/apply-event.ts'
import type { Sweep } from '#sweeps/sweep.ts'
import { cancelJob } from './cancel-job.ts'
import { cloneJob } from './clone-job.ts'
import { CloneRequest } from './clone-request.ts'
import { observeTrials } from './observe-trials.ts'
import type { JobStores } from './resolve-job.ts'
import { type Submission, type Submitted, submitJob } from './submit-job.ts'

export type SweepStores = JobStores & Pick<Stores, 'sweeps' | 'sweepControl' | 'events' | 'control'>

/** How a sweep is driven. */
interface Drive {
  log: Submission['log']
  /** Whether the stores have room for new jobs; without it, submissions wait. */
  maySubmit?: boolean
}

type SubmitAction = Extract<SweepAction, { type: 'submit' | 'promote' }>

/**
 * Takes a sweep as far as it can go now: records what has happened to its jobs, and submits and cancels jobs until nothing is
 * outstanding. The state is stored before its actions are carried out, and every action can be repeated: several processes may drive a
 * sweep at once, and a crash at any point neither loses a trial nor submits it twice.
 * @throws whatever the stores throw; the next call continues
 */
export async function driveSweep(stores: SweepStores, sweepId: string, drive: Drive): Promise<Sweep> {
  const observed = await observeTrials(stores, await stores.sweeps.require(sweepId))
  let sweep = await stores.sweeps.append(sweepId, () => observed)
  for (;;) {
    const answers = await carryOut(stores, sweep, drive)
    if (answers.length === 0) return sweep
    sweep = await stores.sweeps.append(sweepId, () => answers)
  }
}

/** The submission is repeated in the next period, because the reason of the refusal passes. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['dataset_not_ready', 'quota_exceeded'])

/** @returns the events that follow from submissions */
async function carryOut(
  stores: SweepStores,
  { id, state }: Sweep,
  { log, maySubmit = true }: Drive,
): Promise<SweepEvent[]> {
  const answers: SweepEvent[] = []
  for (const action of outstandingActions(state)) {
    if (action.type === 'cancel') await cancelUnfinished(stores, action.jobId)
    if (!maySubmit || (action.type !== 'submit' && action.type !== 'promote')) continue
    const answer = await submitTrial(stores, id, action, log)
    if (answer) answers.push(answer)
  }
  return answers
}

/** @returns nothing where the submission must be repeated later */
async function submitTrial(
  stores: SweepStores,
  sweepId: string,
  action: SubmitAction,
  log: Submission['log'],
): Promise<SweepEvent | undefined> {
  const { trial, run } = action
  const claim = { scope: `sweep ${sweepId} ${trial} ${run}`, bodyDigest: sweepId }
  try {
    const { job } = await submit(stores, action, { claim, sweepId, log })
    return { type: 'trialSubmitted', trial, jobId: job.id }
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error
    if (PASSING.has(error.code)) return undefined
    return { type: 'trialRefused', trial, error: error.message }
  }
}

async function submit(stores: SweepStores, action: SubmitAction, submission: Submission): Promise<Submitted> {
  if (action.type === 'submit')
    return await submitJob(stores, parseByZod(JobRequest, action.spec), submission)
  const { jobId, epochs } = action
  return await cloneJob(stores, jobId, CloneRequest.parse({ continue: true, epochs }), submission)
}

/** A job that has ended meanwhile needs no cancelling. */
async function cancelUnfinished(stores: SweepStores, jobId: string): Promise<void> {
  await cancelJob(stores, jobId).catch(error => {
    if (!(error instanceof AppError) || !['conflict', 'not_found'].includes(error.code)) throw error
  })
}
