import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { cursorOf, Limit, pageOf } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { WebhookParams, WebhookResource, webhookResource } from '#http/webhook-resource.ts'

const list = {
  operationId: 'listWebhooks',
  tags: ['webhooks'],
  summary: 'List webhooks',
  description: 'Newest first.',
  querystring: z.strictObject({ after: cursorOf('webhook'), limit: Limit }),
  response: { 200: pageOf(WebhookResource) },
}

const get = {
  operationId: 'getWebhook',
  tags: ['webhooks'],
  summary: 'Get a webhook',
  description: 'With warnings while its receiver fails.',
  params: WebhookParams,
  response: { 200: WebhookResource },
}

export const readWebhooksRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'admin' })
    app.get('/v1/webhooks', { schema: list, config }, async request => {
      const { query, log } = request
      const { found, nextAfter } = await storesOf(request).webhooks.list(query)
      const shown = showable(found, WebhookResource, webhookResource, log)
      return { data: shown.map(webhookResource), hasMore: nextAfter !== null, nextAfter }
    })
    app.get('/v1/webhooks/:webhookId', { schema: get, config }, async request =>
      webhookResource(await storesOf(request).webhooks.require(request.params.webhookId)),
    )
  }
