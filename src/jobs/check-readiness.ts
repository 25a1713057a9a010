import { AppError } from '#domain/error.ts'
import type { Stores } from '#stores/connect.ts'
import { refusesWrites } from '#stores/redis-refusals.ts'
import type { StorageRoom } from '#stores/storage-room.ts'

/** @throws AppError `unavailable` while a store does not answer, cannot be written to, or is nearly full */
export async function checkReadiness(
  { redis, blobs }: Pick<Stores, 'redis' | 'blobs'>,
  room: StorageRoom,
): Promise<void> {
  const [jobStore, blobStore] = await Promise.allSettled([redis.ping(), blobs.ready()])
  const isUnwritable = jobStore.status === 'rejected' && refusesWrites(jobStore.reason)
  const silent = [
    ...(jobStore.status === 'rejected' && !isUnwritable ? ['the job store'] : []),
    ...(blobStore.status === 'rejected' ? ['the blob store'] : []),
  ]
  const problems = [
    ...(isUnwritable ? ['The job store cannot be written to: its disk is full or failing.'] : []),
    ...(silent.length > 0 ? [`No answer from ${silent.join(' and ')}.`] : []),
  ]
  if (problems.length > 0)
    throw new AppError('unavailable', problems.join(' '), { headers: { 'retry-after': '5' } })
  await requireStorageRoom(room)
}

/** @throws AppError `unavailable` while a store is nearly full */
export async function requireStorageRoom(room: StorageRoom): Promise<void> {
  const shortages = await room.shortages()
  if (shortages.length > 0)
    throw new AppError('unavailable', `${shortages.join(' ')} Try again when there is space.`, {
      headers: { 'retry-after': '30' },
    })
}
