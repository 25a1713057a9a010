import type { Thresher } from '@thresher/client'
import { targetOf } from '../job-facts.ts'
import type { Candidate } from './candidates.ts'

const MOST = 50

/** The ids that a service has for an argument of this name; none if it does not answer in time. */
export async function idsFor(argument: string, thresher: Thresher): Promise<Candidate[]> {
  const list = Object.hasOwn(LISTS, argument) ? LISTS[argument] : undefined
  if (!list) return []
  return await list(thresher).catch(() => [])
}

const CALL = { retries: 0, timeoutMs: 1_000 }

const jobs = async (thresher: Thresher): Promise<Candidate[]> => {
  const { data } = await thresher.jobs.list({ limit: MOST }, CALL)
  return data.map(job => ({
    value: job.id,
    description: [job.status, job.name ?? targetOf(job) ?? ''].filter(Boolean).join(', '),
  }))
}

const models = async (thresher: Thresher): Promise<Candidate[]> => {
  const { data } = await thresher.models.list({ limit: MOST }, CALL)
  return data.map(({ id, name = '' }) => ({ value: id, description: name }))
}

const datasets = async (thresher: Thresher): Promise<Candidate[]> => {
  const { data } = await thresher.datasets.list({ limit: MOST }, CALL)
  return data.map(({ id, name }) => ({ value: id, description: name }))
}

const sweeps = async (thresher: Thresher): Promise<Candidate[]> => {
  const { data } = await thresher.sweeps.list({ limit: MOST }, CALL)
  return data.map(({ id, name = '' }) => ({ value: id, description: name }))
}

/** By the name of the argument in the help of a command. */
const LISTS: Record<string, (thresher: Thresher) => Promise<Candidate[]>> = {
  ...{ job: jobs, jobs, what: models, model: models, models, dataset: datasets, datasets, sweep: sweeps },
}
