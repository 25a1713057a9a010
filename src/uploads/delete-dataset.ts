import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import type { Stores } from '#stores/connect.ts'
import { sweepNaming } from './sweep-naming.ts'

/**
 * Deletes an uploaded dataset that no unfinished job or sweep needs.
 * @throws AppError `not_found`; `conflict` for a built-in dataset, or one that is still needed
 */
export async function deleteDataset(
  stores: Pick<Stores, 'datasets' | 'blobs' | 'sweeps'>,
  datasetId: string,
): Promise<void> {
  if (BUILT_IN_DATASETS.has(datasetId))
    throw new AppError('conflict', `${datasetId} is built in and cannot be deleted.`)
  if (!(await stores.datasets.has(datasetId)))
    throw new AppError('not_found', `There is no dataset "${datasetId}".`)
  const user =
    (await sweepNaming(stores.sweeps, request => mentions(request, datasetId))) ??
    (await stores.datasets.delete(datasetId))
  if (user) throw new AppError('conflict', `${user} still needs this dataset. Cancel it first.`)
  await stores.blobs.deleteAll(datasetId)
}

/** Whether a value is the id or contains it at any depth. */
function mentions(value: unknown, id: string): boolean {
  if (typeof value !== 'object' || value === null) return value === id
  return Object.values(value).some(part => mentions(part, id))
}
