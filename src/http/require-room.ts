import type { FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'
import type { StorageRoom } from '#stores/storage-room.ts'
import { configOf } from './route-config.ts'

/** Refuses new data while a store is nearly full; everything else goes on. @throws AppError `unavailable` */
export function requireRoom(room: StorageRoom): (request: FastifyRequest) => Promise<void> {
  return async ({ routeOptions, query }) => {
    const isDryRun = (query as { dryRun?: string }).dryRun === 'true'
    if (!configOf(routeOptions).storesData || isDryRun) return
    const shortages = await room.shortages()
    if (shortages.length > 0) throw outOfRoom(shortages)
  }
}

export function outOfRoom(shortages: readonly string[]): AppError {
  return new AppError('unavailable', `${shortages.join(' ')} Try again when there is space.`, {
    headers: { 'retry-after': '30' },
  })
}
