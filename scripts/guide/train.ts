import { createHash } from 'node:crypto'
import type { EpochMetrics, GetLayersResponse, Job, SweepRequest, Thresher, Tradeoff } from '@thresher/client'

/** One trained job of a sweep. */
export interface Run {
  /** The values of the fields that the sweep varies. */
  values: Record<string, unknown>
  job: Job
  epochs: EpochMetrics[]
  layers: GetLayersResponse['layers']
  tradeoff?: Tradeoff
}

const POLL_MS = 1000

/** Trains every trial of a sweep. The same request again gives the runs that are already trained, for 24 hours. */
export async function train(thresher: Thresher, request: SweepRequest): Promise<Run[]> {
  const idempotencyKey = createHash('sha256').update(JSON.stringify(request)).digest('hex')
  const { id } = await thresher.sweeps.create(request, { idempotencyKey })
  const runs: Run[] = []
  for (const index of (await thresher.sweeps.get(id)).trials.keys())
    runs.push(await runOf(thresher, await settledTrial(thresher, id, index)))
  return runs
}

async function settledTrial(thresher: Thresher, sweepId: string, index: number) {
  for (;;) {
    const trial = (await thresher.sweeps.get(sweepId)).trials[index]!
    const jobId = trial.jobIds.at(-1)
    if (jobId === undefined && trial.status === 'pending')
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    else if (jobId === undefined) throw new Error(`Trial ${index} of ${sweepId} has no job: ${trial.error}`)
    else return { jobId, values: trial.values }
  }
}

async function runOf(
  thresher: Thresher,
  { jobId, values }: { jobId: string; values: Record<string, unknown> },
): Promise<Run> {
  const job = await thresher.jobs.wait(jobId)
  if (job.status !== 'succeeded') throw new Error(`${jobId} has ${job.status}: ${job.error?.message}`)
  const { data } = await thresher.jobs.metrics(jobId)
  const { layers } = await thresher.jobs.layers(jobId)
  const tradeoff = job.spec.finish?.tradeoff ? await thresher.jobs.tradeoff(jobId) : undefined
  const last = data.at(-1)!
  console.log(
    `${JSON.stringify(values)}: ${percent(last.validationAccuracy!)} % at ${percent(last.sparsity)} % zeros`,
  )
  return { values, job, epochs: data, layers, ...(tradeoff && { tradeoff }) }
}

export function percent(share: number): string {
  return (100 * share).toFixed(2)
}
