import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { asyncapiDocument } from './asyncapi.ts'
import { describeRoute } from './describe-route.ts'
import { polishDocument } from './polish-document.ts'
import { routeConfig } from './route-config.ts'

/** The name of this service, which replaces the logo of Swagger UI. */
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="150" height="40" viewBox="0 0 150 40"><text x="0" y="28" fill="#fff" ' +
  'font-family="system-ui, sans-serif" font-size="26" font-weight="600">Thresher</text></svg>'

const SECURITY_SCHEMES = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key of the service. `x-scope` of an operation names the scope that the key needs. A service without keys answers on loopback only and needs none.',
  },
  ticket: {
    type: 'apiKey',
    in: 'query',
    name: 'ticket',
    description:
      'A ticket of `POST /v1/tickets`, in place of a key. It is valid for one request within 30 s.',
  },
} as const

/**
 * Serves the contract at /openapi.json and /asyncapi.json, and its page at /docs, all generated from the schemas of the routes that are
 * registered afterwards. Monitors and crawlers ask for them with HEAD.
 */
export async function registerOpenapi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Thresher',
        version: '1',
        description: 'Trains neural networks as a service and returns sparse models.',
        license: { name: 'All rights reserved', identifier: 'LicenseRef-All-Rights-Reserved' },
      },
      servers: [{ url: '/', description: 'The service that serves this document.' }],
      components: { securitySchemes: SECURITY_SCHEMES },
      security: [{ key: [] }],
    },
    transform: describeRoute,
    transformObject: document => polishDocument(jsonSchemaTransformObject(document)),
  })
  await app.register(async docs => {
    docs.addHook('onRoute', route => {
      Object.assign(route, { config: routeConfig({ public: true }) })
      if (route.method !== 'GET') return
      // Fastify calls no hook for the second form of the address.
      for (const url of route.url === '/docs' ? ['/docs', '/docs/'] : [route.url])
        docs.route({ ...route, method: 'HEAD', url })
    })
    // The page looks for its files beside its address, query included.
    docs.addHook('onRequest', async ({ url }, reply) => {
      if (/^\/docs\/?\?/.test(url)) return await reply.redirect('/docs')
    })
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      theme: { title: 'Thresher API' },
      logo: { type: 'image/svg+xml', content: Buffer.from(LOGO), href: '/docs' },
      uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: 0, tryItOutEnabled: true },
    })
    docs.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
    docs.get('/asyncapi.json', { schema: { hide: true } }, async () => asyncapiDocument(app.swagger()))
  })
}
