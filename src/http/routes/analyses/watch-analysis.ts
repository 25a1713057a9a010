import type { WebSocket } from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { AnalysisEvent } from '#http/analysis-event.ts'
import { AnalysisParams } from '#http/analysis-resource.ts'
import { AnalysisFrame } from '#http/frames.ts'
import type { StoresOf } from '#http/principal.ts'
import { requireUpgrade } from '#http/require-upgrade.ts'
import { routeConfig } from '#http/route-config.ts'
import { eventsSchema, serveEvents } from '#http/serve-events.ts'
import { StreamQuery, serveStream } from '#http/serve-stream.ts'
import { streamedAnalyses } from '#http/streamed-analyses.ts'

const events = {
  operationId: 'listAnalysisEvents',
  tags: ['analyses'],
  summary: 'List or stream the events of an analysis',
  description:
    'Oldest first. With `Accept: text/event-stream`, the answer is a stream of server-sent events. Their `data` are the frames of the WebSocket, in JSON: events, progress and gaps.',
  params: AnalysisParams,
  ...eventsSchema(AnalysisEvent),
}

const stream = {
  operationId: 'streamAnalysis',
  tags: ['analyses'],
  summary: 'Watch one analysis on a WebSocket',
  description: 'The frames and close codes are described in `/asyncapi.json`.',
  params: AnalysisParams,
  querystring: StreamQuery,
  response: {
    101: {
      description: 'A WebSocket. Each text message is one frame; see `/asyncapi.json`.',
      content: { 'application/json': { schema: AnalysisFrame } },
    },
  },
}

export const watchAnalysisRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const serve = serveEvents(app)
    app.get(
      '/v1/analyses/:analysisId/events',
      { schema: events, config: routeConfig({ scope: 'read', acceptsTicket: true }) },
      async (request, reply) => {
        const stores = storesOf(request)
        const analysis = await stores.analyses.require(request.params.analysisId)
        return (await serve(request, reply as FastifyReply, streamedAnalyses(stores), analysis)) as never
      },
    )
    const wsHandler = async (raw: WebSocket, request: FastifyRequest) => {
      const { analysisId: id } = request.params as z.infer<typeof AnalysisParams>
      const { after } = request.query as z.infer<typeof StreamQuery>
      await serveStream(raw, request, streamedAnalyses(storesOf(request)), 'analysis', { id, after })
    }
    const url = '/v1/analyses/:analysisId/stream'
    const config: object = routeConfig({ scope: 'read', acceptsTicket: true })
    app.route({ method: 'GET', url, schema: stream, config, handler: requireUpgrade, wsHandler })
  }
