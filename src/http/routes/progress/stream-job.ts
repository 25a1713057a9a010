import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobParams } from '#http/job-params.ts'
import { requireUpgrade } from '#http/require-upgrade.ts'
import { StreamQuery, serveStream } from '#http/serve-stream.ts'
import { streamedJobs } from '#http/streamed-jobs.ts'
import type { Stores } from '#stores/connect.ts'

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
          '`progress` and `heartbeat` frames between them; `{type: "end", status, lastSeq}` before the close with 1000. Other close ' +
          'codes: 4400 bad frame, 4404 no such job, 4408 too slow (reconnect with the last seq), 1001 shutting down.',
      ),
  },
}

export const streamJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    const wsHandler = async (raw: WebSocket, { params, query }: FastifyRequest) => {
      const { jobId: id } = params as z.infer<typeof JobParams>
      await serveStream(raw, streamedJobs(stores), 'job', { id, ...(query as z.infer<typeof StreamQuery>) })
    }
    app.route({ method: 'GET', url: '/v1/jobs/:jobId/stream', schema, handler: requireUpgrade, wsHandler })
  }
