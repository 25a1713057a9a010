import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { NoBody } from '#http/no-body.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { WebhookParams, WebhookWithSecret, webhookWithSecret } from '#http/webhook-resource.ts'
import { newSecret } from '#webhooks/signature.ts'
import { rotateSecret } from '#webhooks/webhook.ts'

const schema = {
  operationId: 'rotateWebhookSecret',
  tags: ['webhooks'],
  summary: 'Replace the secret of a webhook',
  description:
    'For 24 hours, requests are signed with both secrets. Only this answer contains the new secret. A secret that was replaced before becomes invalid at once.',
  params: WebhookParams,
  body: NoBody,
  response: { 200: WebhookWithSecret },
}

export const rotateSecretRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'admin' })
    app.post('/v1/webhooks/:webhookId/rotate', { schema, config }, async request => {
      const { webhookId } = request.params
      const [secret, now] = [newSecret(), new Date()]
      const { webhooks } = storesOf(request)
      const webhook = await webhooks.revise(webhookId, current => rotateSecret(current, secret, now))
      request.log.info({ webhookId }, 'webhook secret rotated')
      return webhookWithSecret(webhook)
    })
  }
