import type { WebSocket } from '@fastify/websocket'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobSubscriptions } from '#http/job-subscriptions.ts'
import { requireUpgrade } from '#http/require-upgrade.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'streamJobs',
  tags: ['progress'],
  summary: 'Watch many jobs on one WebSocket',
  response: {
    101: z
      .null()
      .describe(
        'Send `{"subscribe": {"jobId", "after"}}` and `{"unsubscribe": {"jobId"}}`. The frames are those of the stream of one job, ' +
          'each with its `jobId`; `end` leaves the socket open; `{type: "error", jobId, code}` answers a subscription to a job ' +
          'that does not exist.',
      ),
  },
}

export const streamJobsRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    const wsHandler = (raw: WebSocket) => void new JobSubscriptions(stores, raw, app.log)
    app.route({ method: 'GET', url: '/v1/stream', schema, handler: requireUpgrade, wsHandler })
  }
