import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { isTerminal, JobStatus } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Deletes an uploaded dataset that no unfinished job needs.
 * @throws AppError `not_found`; `conflict` for a built-in dataset, or one that a job still needs
 */
export async function deleteDataset(
  stores: Pick<Stores, 'datasets' | 'blobs' | 'work' | 'jobIndex'>,
  datasetId: string,
): Promise<void> {
  if (BUILT_IN_DATASETS.has(datasetId))
    throw new AppError('conflict', `${datasetId} is built in and cannot be deleted.`)
  if (!(await stores.datasets.has(datasetId)))
    throw new AppError('not_found', `There is no dataset "${datasetId}".`)
  const user = await findUser(stores, datasetId)
  if (user) throw new AppError('conflict', `${user} still needs this dataset. Cancel it first.`)
  await stores.datasets.delete(datasetId)
  await stores.blobs.deleteAll(datasetId)
}

/** @returns the id of an unfinished job or analysis that reads the dataset */
async function findUser(
  { work, jobIndex }: Pick<Stores, 'work' | 'jobIndex'>,
  datasetId: string,
): Promise<string | undefined> {
  for (const status of JobStatus.options.filter(status => !isTerminal(status))) {
    for await (const ids of jobIndex.idsByStatus(status)) {
      const found = await Promise.all(ids.map(id => work.get(id).catch(unlessUnreadable)))
      const user = found.find(job => job?.spec?.dataset?.id === datasetId)
      if (user) return user.id
    }
  }
  return undefined
}

/** A job whose record cannot be parsed will not run either: it needs no dataset. */
function unlessUnreadable(error: Error): undefined {
  if (!(error instanceof SyntaxError)) throw error
}
