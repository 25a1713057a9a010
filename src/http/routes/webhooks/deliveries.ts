import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { DeliveryResource, deliveryResource } from '#http/delivery-resource.ts'
import { NoBody } from '#http/no-body.ts'
import { cursorLike, Limit, pageOf } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { WebhookParams } from '#http/webhook-resource.ts'
import { replayDelivery } from '#webhooks/delivery.ts'

const list = {
  operationId: 'listDeliveries',
  tags: ['webhooks'],
  summary: 'List the deliveries of a webhook',
  description:
    'With their attempts, newest event first: pending deliveries, and of those that have ended the latest 1,000, for 7 days.',
  params: WebhookParams,
  querystring: z.strictObject({ after: cursorLike(/^msg_[0-9a-f]{32}$/), limit: Limit }),
  response: { 200: pageOf(DeliveryResource) },
}

const replay = {
  operationId: 'replayDelivery',
  tags: ['webhooks'],
  summary: 'Send a delivery again',
  description: 'Under the same id. 409 if the webhook is disabled.',
  params: WebhookParams.extend({ deliveryId: z.string().min(1).max(500) }),
  body: NoBody,
  response: { 202: DeliveryResource },
}

export const deliveriesRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'admin' })
    app.get('/v1/webhooks/:webhookId/deliveries', { schema: list, config }, async request => {
      const { params, query, log } = request
      const { webhooks, deliveries } = storesOf(request)
      const { id } = await webhooks.require(params.webhookId)
      const { found, nextAfter } = await deliveries.list(id, query)
      const shown = showable(found, DeliveryResource, deliveryResource, log)
      return { data: shown.map(deliveryResource), hasMore: nextAfter !== null, nextAfter }
    })
    const path = '/v1/webhooks/:webhookId/deliveries/:deliveryId/replay'
    const replaying = routeConfig({ scope: 'admin', problems: ['conflict'] })
    app.post(path, { schema: replay, config: replaying }, async (request, reply) => {
      const { webhookId, deliveryId } = request.params
      const { webhooks, deliveries, outbox } = storesOf(request)
      const { enabled } = await webhooks.require(webhookId)
      if (!enabled) throw new AppError('conflict', `Webhook ${webhookId} is disabled; enable it first.`)
      const now = new Date()
      const delivery = await deliveries.revise(webhookId, deliveryId, current => replayDelivery(current, now))
      await outbox.wake()
      return reply.code(202).send(deliveryResource(delivery))
    })
  }
