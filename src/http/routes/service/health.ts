import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { routeConfig } from '#http/route-config.ts'
import { SERVICE_VERSION } from '#http/service-version.ts'
import { checkReadiness } from '#jobs/check-readiness.ts'
import type { Stores } from '#stores/connect.ts'
import type { StorageRoom } from '#stores/storage-room.ts'

const Health = z.object({ status: z.literal('ok'), version: z.string().describe('Of the service.') })
const response = { 200: Health }
const ok = { status: 'ok' as const, version: SERVICE_VERSION }
const tags = ['service']

const live = {
  schema: {
    operationId: 'health',
    tags,
    summary: 'Check whether the process answers',
    description: 'Reads no store.',
    response,
  },
  config: routeConfig({ public: true, unlimited: true, answersUnderLoad: true }),
}

const ready = {
  schema: {
    operationId: 'ready',
    tags,
    summary: 'Check whether the service accepts jobs',
    description: 'Requires an answer of Redis and of the blob store, and space in them.',
    response,
  },
  config: routeConfig({ public: true, unlimited: true }),
}

/** `/healthz` checks only the process; `/readyz` checks the stores. Some balancers of load ask with HEAD. */
export const healthRoutes =
  (stores: Pick<Stores, 'redis' | 'blobs'>, room: StorageRoom): FastifyPluginAsyncZod =>
  async app => {
    app.get('/healthz', { ...live, exposeHeadRoute: true }, async () => ok)
    app.get('/readyz', { ...ready, exposeHeadRoute: true }, async () => {
      await checkReadiness(stores, room)
      return ok
    })
  }
