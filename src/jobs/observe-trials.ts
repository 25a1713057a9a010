import { isTerminal, type Job } from '#domain/job.ts'
import { epochSeries } from '#interchange/report/metric-series.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Stores } from '#stores/connect.ts'
import type { SweepEvent } from '#sweeps/apply-event.ts'
import type { Sweep } from '#sweeps/sweep.ts'
import { currentRun, type Trial } from '#sweeps/sweep-state.ts'

type ReadJobs = Pick<Stores, 'jobs' | 'events'>

/** What has happened to the jobs of a sweep, as far as the sweep may not know it yet. */
export async function observeTrials(stores: ReadJobs, { state }: Sweep): Promise<SweepEvent[]> {
  return (await Promise.all(state.trials.map(trial => observeTrial(stores, trial)))).flat()
}

async function observeTrial(stores: ReadJobs, observed: Trial): Promise<SweepEvent[]> {
  const { id: trial, curve } = observed
  const { status, jobId } = currentRun(observed)
  if (status !== 'running' || jobId === undefined) return []
  const job = await stores.jobs.get(jobId)
  if (!job)
    return [
      { type: 'trialEnded', trial, jobId, status: 'failed', error: `${jobId} does not exist any more.` },
    ]
  const epochs = await newEpochs(stores, job, curve)
  return [
    { type: job.status === 'paused' ? 'trialPaused' : 'trialResumed', trial, jobId },
    ...epochs.map((metrics): SweepEvent => ({ type: 'trialEpoch', trial, jobId, metrics })),
    ...endOf(job, trial, await modelMetrics(stores, job)),
  ]
}

/** The metrics of the job's model: of its last epoch, unless early stopping has chosen an earlier one. */
async function modelMetrics({ events }: ReadJobs, job: Job): Promise<EpochMetrics | undefined> {
  const { metrics, modelEpoch } = job
  if (modelEpoch === undefined || modelEpoch === metrics?.epoch) return metrics
  return epochSeries(await events.readEpochs(job)).find(({ epoch }) => epoch === modelEpoch)
}

/** The last epoch; of a trial that keeps its curve, every epoch, which only the events of its job have. */
async function newEpochs({ events }: ReadJobs, job: Job, curve: Trial['curve']) {
  if (!job.metrics) return []
  if (!curve) return [job.metrics]
  const known = curve.at(-1)?.epoch ?? 0
  return job.metrics.epoch > known ? epochSeries(await events.readEpochs(job)) : []
}

function endOf({ id, status, error }: Job, trial: number, metrics: EpochMetrics | undefined): SweepEvent[] {
  if (!isTerminal(status)) return []
  const end = status as 'succeeded' | 'failed' | 'cancelled'
  return [
    {
      type: 'trialEnded',
      trial,
      jobId: id,
      status: end,
      ...(metrics && { metrics }),
      ...(error && { error: error.message, hasDiverged: error.code === 'diverged' }),
    },
  ]
}
