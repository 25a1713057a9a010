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
  let sweep = await thresher.sweeps.get(id)
  for (; sweep.status === 'running'; sweep = await thresher.sweeps.get(id))
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  const runs: Run[] = []
  for (const { jobIds, values } of sweep.trials) runs.push(await runOf(thresher, jobIds.at(-1)!, values))
  return runs
}

async function runOf(thresher: Thresher, jobId: string, values: Run['values']): Promise<Run> {
  const job = await thresher.jobs.get(jobId)
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

/** In per cent with two digits, or three for a share that would be shown as 100 although it is less. */
export function percent(share: number): string {
  const shown = (100 * share).toFixed(2)
  return share < 1 && shown === '100.00' ? (100 * share).toFixed(3) : shown
}
