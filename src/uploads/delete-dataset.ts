import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Deletes an uploaded dataset that no unfinished job needs.
 * @throws AppError `not_found`; `conflict` for a built-in dataset, or one that a job still needs
 */
export async function deleteDataset(
  stores: Pick<Stores, 'datasets' | 'blobs' | 'jobIndex'>,
  datasetId: string,
): Promise<void> {
  if (BUILT_IN_DATASETS.has(datasetId))
    throw new AppError('conflict', `${datasetId} is built in and cannot be deleted.`)
  if (!(await stores.datasets.has(datasetId)))
    throw new AppError('not_found', `There is no dataset "${datasetId}".`)
  const user = await stores.jobIndex.userOf(datasetId)
  if (user) throw new AppError('conflict', `${user} still needs this dataset. Cancel it first.`)
  await stores.datasets.delete(datasetId)
  await stores.blobs.deleteAll(datasetId)
}
