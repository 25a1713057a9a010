import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { JobFrame } from '#http/frames.ts'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { requireUpgrade } from '#http/require-upgrade.ts'
import { routeConfig } from '#http/route-config.ts'
import { StreamQuery, serveStream } from '#http/serve-stream.ts'
import { streamedJobs } from '#http/streamed-jobs.ts'

const schema = {
  operationId: 'streamJob',
  tags: ['progress'],
  summary: 'Watch one job on a WebSocket',
  description: 'The frames and close codes are described in `/asyncapi.json`.',
  params: JobParams,
  querystring: StreamQuery,
  response: {
    101: {
      description: 'A WebSocket. Each text message is one frame; see `/asyncapi.json`.',
      content: { 'application/json': { schema: JobFrame } },
    },
  },
}

export const streamJobRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const wsHandler = async (raw: WebSocket, request: FastifyRequest) => {
      const { jobId: id } = request.params as z.infer<typeof JobParams>
      const { after } = request.query as z.infer<typeof StreamQuery>
      await serveStream(raw, request, streamedJobs(storesOf(request)), 'job', { id, after })
    }
    const config: object = routeConfig({ scope: 'read', acceptsTicket: true })
    const url = '/v1/jobs/:jobId/stream'
    app.route({ method: 'GET', url, schema, config, handler: requireUpgrade, wsHandler })
  }
