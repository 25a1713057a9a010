import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { reviseWebhook } from '#deliveries/keep-webhooks.ts'
import type { SendingOptions } from '#deliveries/send-event.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { WebhookParams, WebhookResource, webhookResource } from '#http/webhook-resource.ts'
import { WebhookChange } from '#webhooks/webhook.ts'

const change = {
  operationId: 'changeWebhook',
  tags: ['webhooks'],
  summary: 'Change a webhook',
  description: 'Its URL, types or name, or whether it is enabled.',
  params: WebhookParams,
  body: WebhookChange,
  response: { 200: WebhookResource },
}

const remove = {
  operationId: 'deleteWebhook',
  tags: ['webhooks'],
  summary: 'Delete a webhook',
  description: 'Its deliveries are deleted too; those that are pending are not sent.',
  params: WebhookParams,
  response: { 204: z.null().describe('Deleted.') },
}

export const changeWebhookRoutes =
  (storesOf: StoresOf, sending: SendingOptions): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'admin' })
    app.patch('/v1/webhooks/:webhookId', { schema: change, config }, async request => {
      const { params, body } = request
      return webhookResource(await reviseWebhook(storesOf(request), params.webhookId, body, sending))
    })
    app.delete('/v1/webhooks/:webhookId', { schema: remove, config }, async (request, reply) => {
      const { webhookId } = request.params
      await storesOf(request).webhooks.delete(webhookId)
      request.log.info({ webhookId }, 'webhook deleted')
      return reply.code(204).send(null)
    })
  }
