import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { StreamFrame } from '#http/frames.ts'
import { JobSubscriptions } from '#http/job-subscriptions.ts'
import type { StoresOf } from '#http/principal.ts'
import { requireUpgrade } from '#http/require-upgrade.ts'
import { routeConfig } from '#http/route-config.ts'
import { Ticket } from '#http/ticket.ts'

const schema = {
  operationId: 'streamJobs',
  tags: ['progress'],
  summary: 'Watch many jobs on one WebSocket',
  description: 'The commands, frames and close codes are described in `/asyncapi.json`.',
  querystring: z.strictObject({ ticket: Ticket }),
  response: {
    101: {
      description: 'A WebSocket. Each text message is one frame; see `/asyncapi.json`.',
      content: { 'application/json': { schema: StreamFrame } },
    },
  },
}

export const streamJobsRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const wsHandler = (raw: WebSocket, request: FastifyRequest) =>
      void new JobSubscriptions(storesOf(request), raw, request.raw.socket, app.log)
    const config: object = routeConfig({ scope: 'read', acceptsTicket: true })
    app.route({ method: 'GET', url: '/v1/stream', schema, config, handler: requireUpgrade, wsHandler })
  }
