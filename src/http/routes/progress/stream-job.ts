import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CLOSE, FrameSocket } from '#http/frame-socket.ts'
import { JobParams } from '#http/job-params.ts'
import { requireUpgrade } from '#http/require-upgrade.ts'
import { watchJob } from '#http/watch-job.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'streamJob',
  tags: ['progress'],
  summary: 'WebSocket: a snapshot, every event after `after`, progress between them, and one end frame',
  params: JobParams,
  querystring: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
  response: {
    101: z
      .null()
      .describe(
        'JSON frames: `{type: "snapshot", job, lastSeq}` first; then events as in JobEvent, with `progress` and ' +
          '`heartbeat` between; `{type: "end", status, lastSeq}` before the close 1000. Other closes: 4400 bad frame, ' +
          '4404 no such job, 4408 too slow (reconnect with the last seq), 1001 shutting down.',
      ),
  },
}

export const streamJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    const wsHandler = async (raw: WebSocket, request: FastifyRequest) => {
      const socket = new FrameSocket(raw)
      const { jobId } = request.params as z.infer<typeof JobParams>
      const { after } = request.query as { after: number }
      const exists = await watchJob(stores, { jobId, after }, socket, socket.closing)
      if (exists) socket.close(CLOSE.normal, 'the job is over')
      else socket.close(CLOSE.noSuchJob, 'no such job')
    }
    app.route({ method: 'GET', url: '/v1/jobs/:jobId/stream', schema, handler: requireUpgrade, wsHandler })
  }
