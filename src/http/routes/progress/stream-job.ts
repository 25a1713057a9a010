import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
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
  params: JobParams,
  querystring: StreamQuery,
  response: {
    101: z
      .null()
      .describe(
        'JSON frames: first `{type: "snapshot", job, lastSeq}`; then every event with a seq greater than `after`, as in JobEvent, with ' +
          '`progress` and `heartbeat` frames between them, and `{type: "gap", from, to}` instead of events that were trimmed from a long ' +
          'history; `{type: "end", status, lastSeq}` before the close with 1000. Other close ' +
          'codes: 4400 bad frame, 4401 the ticket or the key is not valid, 4404 no such job, 4408 too slow (reconnect with the last seq), 1001 shutting down.',
      ),
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
