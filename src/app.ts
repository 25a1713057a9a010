import { randomUUID } from 'node:crypto'
import helmet from '@fastify/helmet'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { Children } from '#children/open-children.ts'
import { authenticate } from '#http/authenticate.ts'
import { closeSockets, endRefusedUpgrade } from '#http/close-sockets.ts'
import { countEgress } from '#http/count-egress.ts'
import { cutSlowBodies, type SlowBodyLimits } from '#http/cut-slow-bodies.ts'
import { handleError } from '#http/error-handler.ts'
import { guardSockets } from '#http/guard-sockets.ts'
import { limitStreams } from '#http/limit-streams.ts'
import { watchStreams } from '#http/open-streams.ts'
import { registerOpenapi } from '#http/openapi.ts'
import { answerProtocolFaults, handleClientError } from '#http/protocol-faults.ts'
import { limitRates, type RateLimits } from '#http/rate-limits.ts'
import { recordWrites } from '#http/record-writes.ts'
import { refuseUnknownQuery } from '#http/refuse-unknown-query.ts'
import { refuseUnknownRoutes } from '#http/refuse-unknown-routes.ts'
import { requireAccess } from '#http/require-access.ts'
import { requireIds } from '#http/require-ids.ts'
import { requirePlainBodies } from '#http/require-plain-bodies.ts'
import { requireRoom } from '#http/require-room.ts'
import { shedLoad } from '#http/shed-load.ts'
import { endFailedStream, requireStream } from '#http/stream-faults.ts'
import { takeJson } from '#http/take-json.ts'
import { validateByZod } from '#http/validate-by-zod.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { StorageRoom } from '#stores/storage-room.ts'
import { type RouteOptions, routesOf } from './routes.ts'

const BODY_BYTES = 1024 * 1024
const FRAME_BYTES = 64 * 1024

const WEBSOCKETS = {
  options: { maxPayload: FRAME_BYTES },
  preClose: closeSockets,
  errorHandler: endFailedStream,
}

export type AppOptions = RouteOptions & {
  /** Whether the service has a key when the app starts. Without one it answers on loopback host names only. */
  hasKeys?: boolean
  slowBodies?: SlowBodyLimits
  /** Absent: no limits. */
  rateLimits?: RateLimits
  /** Open WebSockets and event streams; 0: no limit. */
  socketsPerKey?: number
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  trustProxy?: string[]
  logger?: FastifyBaseLogger
}

/** The api, which can also be called without a socket. It never imports TensorFlow. */
export async function createApp(
  stores: ServiceStores,
  children: Children,
  options: AppOptions,
): Promise<FastifyInstance> {
  const { slowBodies, rateLimits, socketsPerKey = 0 } = options
  const room = new StorageRoom(stores.redis, stores.blobs)
  const app = Fastify(serverOptions(options))
  app.setValidatorCompiler(validateByZod)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(handleError)
  const requireRoute = refuseUnknownRoutes(app)
  recordWrites(app, stores)
  app.addHook('onResponse', endRefusedUpgrade)
  app.addHook('onRoute', guardSockets)
  // Before the other hooks: it marks the requests that are upgrades.
  await app.register(websocket, WEBSOCKETS)
  answerProtocolFaults(app)
  const rates = rateLimits && (await limitRates(app, stores, rateLimits))
  if (rates) app.addHook('onRequest', rates.limitAddress)
  app.addHook('onRequest', authenticate(stores, watchStreams(app, stores.keys), options.hasKeys))
  if (rates) app.addHook('onRequest', rates.limitKey).addHook('onResponse', rates.countFailure)
  app.addHook('onRequest', limitStreams(socketsPerKey))
  countEgress(app, stores.usage)
  await shedLoad(app)
  app.addHook('onRequest', requireRoom(room))
  app.addHook('onRequest', cutSlowBodies(slowBodies))
  app.addHook('onRequest', requireIds)
  app.addHook('onRequest', requireStream)
  app.addHook('onRequest', requireRoute)
  app.addHook('onRequest', requirePlainBodies)
  takeJson(app)
  await app.register(helmet, { contentSecurityPolicy: false })
  await registerOpenapi(app)
  app.addHook('onRoute', requireAccess)
  app.addHook('onRoute', refuseUnknownQuery)
  for (const route of routesOf(stores, children, room, options)) await app.register(route)
  return app
}

function serverOptions({ logger, trustProxy = [] }: AppOptions) {
  return {
    ...(logger && { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    // A large upload may take hours: `cutSlowBodies` checks that it makes progress.
    requestTimeout: 0,
    // Audit records and logs of several processes name requests.
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 500 },
    exposeHeadRoutes: false,
    // `answerProtocolFaults` requires it, with a problem in the answer.
    http: { requireHostHeader: false },
    ...(trustProxy.length > 0 && { trustProxy }),
    frameworkErrors: handleError,
    clientErrorHandler: handleClientError,
  }
}
