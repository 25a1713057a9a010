import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { outOfRoom } from '#http/require-room.ts'
import { routeConfig } from '#http/route-config.ts'
import type { Stores } from '#stores/connect.ts'
import { refusesWrites } from '#stores/redis-refusals.ts'
import type { StorageRoom } from '#stores/storage-room.ts'

const Status = z.object({ status: z.literal('ok') })
const ok = { status: 'ok' as const }
const tags = ['service']

/** `/healthz` touches nothing: the process answers. `/readyz` asks Redis and the blob store, and whether they have room. */
export const healthRoutes =
  ({ redis, blobs }: Pick<Stores, 'redis' | 'blobs'>, room: StorageRoom): FastifyPluginAsyncZod =>
  async app => {
    const health = {
      operationId: 'health',
      tags,
      summary: 'The process answers',
      response: { 200: Status },
    }
    const probe = routeConfig({ public: true, answersUnderLoad: true })
    app.get('/healthz', { schema: health, config: probe }, async () => ok)

    const ready = {
      operationId: 'ready',
      tags,
      summary: 'Jobs can be taken',
      response: { 200: Status },
    }
    app.get('/readyz', { schema: ready, config: routeConfig({ public: true }) }, async () => {
      const [store, files] = await Promise.allSettled([redis.ping(), blobs.ready()])
      const isUnwritable = store.status === 'rejected' && refusesWrites(store.reason)
      const away = [
        store.status === 'rejected' && !isUnwritable && 'the job store',
        files.status === 'rejected' && 'the blob store',
      ]
      const names = away.filter(name => name !== false)
      const problems = [
        ...(isUnwritable ? ['The job store cannot store anything: its disk is full or failing.'] : []),
        ...(names.length > 0 ? [`No answer from ${names.join(' and ')}.`] : []),
      ]
      if (problems.length > 0)
        throw new AppError('unavailable', problems.join(' '), { headers: { 'retry-after': '5' } })
      const shortages = await room.shortages()
      if (shortages.length > 0) throw outOfRoom(shortages)
      return ok
    })
  }
