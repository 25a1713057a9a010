import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import type { World } from '#infra/connect.ts'

const Status = z.object({ status: z.literal('ok') })
const ok = { status: 'ok' as const }
const tags = ['service']

/** `/healthz` touches nothing: the process answers. `/readyz` asks Redis and the blob store. */
export const healthRoutes =
  ({ redis, blobs }: Pick<World, 'redis' | 'blobs'>): FastifyPluginAsyncZod =>
  async app => {
    const health = { operationId: 'health', tags, summary: 'The process answers', response: { 200: Status } }
    app.get('/healthz', { schema: health }, async () => ok)

    const ready = { operationId: 'ready', tags, summary: 'Jobs can be taken', response: { 200: Status } }
    app.get('/readyz', { schema: ready }, async () => {
      const [store, files] = await Promise.allSettled([redis.ping(), blobs.ready()])
      const away = [
        store.status === 'rejected' && 'the job store',
        files.status === 'rejected' && 'the blob store',
      ]
      const names = away.filter(name => name !== false)
      if (names.length === 0) return ok
      throw new AppError('unavailable', `No answer from ${names.join(' and ')}.`, {
        headers: { 'retry-after': '5' },
      })
    })
  }
