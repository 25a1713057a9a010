import { type Owner, ownedBy } from '#access/owner.ts'
import { cancel } from '#domain/job-decisions.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { newJob } from './new-job.ts'
import { storeJob } from './store-job.ts'

/** Causes an event `job.cancelled` of a tenant. @returns the id of the job */
export async function announceEvent(stores: Pick<ServiceStores, 'of'>, owner: Owner): Promise<string> {
  const { jobs } = stores.of(owner)
  const { id } = await storeJob({ jobs }, { ...newJob(), ...ownedBy(owner) })
  await jobs.append(id, cancel)
  return id
}
