import type { FastifyRequest } from 'fastify'
import { requireStorageRoom } from '#jobs/check-readiness.ts'
import type { StorageRoom } from '#stores/storage-room.ts'
import { isDryRun } from './is-write.ts'
import { configOf } from './route-config.ts'

/** Refuses new data while a store is nearly full. Other requests are not affected. @throws AppError `unavailable` */
export function requireRoom(room: StorageRoom): (request: FastifyRequest) => Promise<void> {
  return async request => {
    if (configOf(request.routeOptions).storesData && !isDryRun(request)) await requireStorageRoom(room)
  }
}
