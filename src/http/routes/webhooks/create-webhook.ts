import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { createWebhook } from '#deliveries/keep-webhooks.ts'
import type { SendingOptions } from '#deliveries/send-event.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { IdempotencyHeaders } from '#http/idempotency-key.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { WebhookWithSecret, webhookWithSecret } from '#http/webhook-resource.ts'
import { WebhookRequest } from '#webhooks/webhook.ts'

const schema = {
  operationId: 'createWebhook',
  tags: ['webhooks'],
  summary: 'Create a webhook',
  description:
    'Sends events to a URL, in the form of Standard Webhooks. Only this answer and its replays contain the secret.',
  headers: IdempotencyHeaders,
  body: WebhookRequest,
  response: { 201: WebhookWithSecret },
}

export const createWebhookRoute =
  (storesOf: StoresOf, sending: SendingOptions): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({
      scope: 'admin',
      storesData: true,
      creates: 'webhookId',
      problems: ['limit_exceeded'],
    })
    app.post('/v1/webhooks', { schema, config }, async (request, reply) => {
      const { body, log } = request
      const claim = idempotencyClaim(request, body)
      const { webhook, replayed } = await createWebhook(storesOf(request), body, sending, claim)
      if (replayed) reply.header('idempotency-replayed', 'true')
      else log.info({ webhookId: webhook.id }, 'webhook created')
      return reply.code(201).header('location', `/v1/webhooks/${webhook.id}`).send(webhookWithSecret(webhook))
    })
  }
