import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { type SendingOptions, sendEvent } from '#deliveries/send-event.ts'
import { TestResult } from '#http/delivery-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { WebhookParams } from '#http/webhook-resource.ts'
import { deliveryId } from '#webhooks/delivery.ts'
import { TEST_EVENT } from '#webhooks/event-types.ts'

const schema = {
  operationId: 'testWebhook',
  tags: ['webhooks'],
  summary: 'Send a test event now',
  description:
    'Sends an event of the type `webhook.test` and answers with the result. The event is sent once, also by a disabled webhook. It is not listed among the deliveries and does not change the webhook.',
  params: WebhookParams,
  body: NoBody,
  response: { 200: TestResult },
}

export const testWebhookRoute =
  (storesOf: StoresOf, sending: SendingOptions): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'admin' })
    app.post('/v1/webhooks/:webhookId/test', { schema, config }, async request => {
      const webhook = await storesOf(request).webhooks.require(request.params.webhookId)
      const { id } = webhook
      const event = { type: TEST_EVENT, id, seq: 0, time: new Date().toISOString() } as const
      const attempt = await sendEvent(webhook, deliveryId(id, event), event, sending)
      return {
        status: attempt.error === undefined ? ('succeeded' as const) : ('failed' as const),
        ...attempt,
      }
    })
  }
