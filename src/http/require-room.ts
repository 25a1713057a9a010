import type { FastifyRequest } from 'fastify'
import { requireStorageRoom } from '#jobs/check-readiness.ts'
import type { StorageRoom } from '#stores/storage-room.ts'
import { configOf } from './route-config.ts'

/** Refuses new data while a store is nearly full. Other requests are not affected. @throws AppError `unavailable` */
export function requireRoom(room: StorageRoom): (request: FastifyRequest) => Promise<void> {
  return async ({ routeOptions, query }) => {
    const isDryRun = (query as { dryRun?: string }).dryRun === 'true'
    if (configOf(routeOptions).storesData && !isDryRun) await requireStorageRoom(room)
  }
}
