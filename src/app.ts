import { tmpdir } from 'node:os'
import { join } from 'node:path'
import helmet from '@fastify/helmet'
import websocket from '@fastify/websocket'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { AppError } from '#domain/error.ts'
import { rememberMethods } from '#http/allowed-methods.ts'
import { authenticate } from '#http/authenticate.ts'
import { cutSlowBodies, type SlowBodyLimits } from '#http/cut-slow-bodies.ts'
import { handleClientError, handleError, handleNotFound } from '#http/error-handler.ts'
import { CLOSE } from '#http/frame-socket.ts'
import { registerOpenapi } from '#http/openapi.ts'
import { malformedJson } from '#http/parse-json.ts'
import { requireRoom } from '#http/require-room.ts'
import { downloadArtifactRoute } from '#http/routes/artifacts/download-artifact.ts'
import { listArtifactsRoute } from '#http/routes/artifacts/list-artifacts.ts'
import { listCheckpointsRoute } from '#http/routes/artifacts/list-checkpoints.ts'
import { createDatasetRoute, type DatasetRouteOptions } from '#http/routes/datasets/create-dataset.ts'
import { deleteDatasetRoute } from '#http/routes/datasets/delete-dataset.ts'
import { readDatasetsRoutes } from '#http/routes/datasets/read-datasets.ts'
import { cancelJobRoute } from '#http/routes/jobs/cancel-job.ts'
import { changeJobRoute } from '#http/routes/jobs/change-job.ts'
import { cloneJobRoute } from '#http/routes/jobs/clone-job.ts'
import { createJobRoute } from '#http/routes/jobs/create-job.ts'
import { deleteJobRoute } from '#http/routes/jobs/delete-job.ts'
import { getJobRoute } from '#http/routes/jobs/get-job.ts'
import { listJobsRoute } from '#http/routes/jobs/list-jobs.ts'
import { pauseJobRoute } from '#http/routes/jobs/pause-job.ts'
import { predictRoute } from '#http/routes/jobs/predict.ts'
import { resumeJobRoute } from '#http/routes/jobs/resume-job.ts'
import { createModelRoute } from '#http/routes/models/create-model.ts'
import { deleteModelRoute } from '#http/routes/models/delete-model.ts'
import { readModelsRoutes } from '#http/routes/models/read-models.ts'
import { getLayersRoute } from '#http/routes/progress/get-layers.ts'
import { getMetricsRoute } from '#http/routes/progress/get-metrics.ts'
import { listEventsRoute } from '#http/routes/progress/list-events.ts'
import { streamJobRoute } from '#http/routes/progress/stream-job.ts'
import { streamJobsRoute } from '#http/routes/progress/stream-jobs.ts'
import { healthRoutes } from '#http/routes/service/health.ts'
import { listWorkersRoute } from '#http/routes/service/list-workers.ts'
import { shedLoad } from '#http/shed-load.ts'
import { endFailedStream, requireStream } from '#http/stream-faults.ts'
import { validateByZod } from '#http/validate-by-zod.ts'
import type { Stores } from '#stores/connect.ts'
import { StorageRoom } from '#stores/storage-room.ts'
import { uploadsOf } from '#uploads/resume-uploads.ts'

const BODY_BYTES = 1024 * 1024
const FRAME_BYTES = 64 * 1024
const GOODBYE_MS = 2_000

/** The api as a value that can be asked without a socket. It never imports TensorFlow. */
export async function createApp(
  stores: Stores,
  children: Children,
  {
    adminKey,
    datasetsDir = '',
    uploadsDir = uploadsOf(join(tmpdir(), 'thresher-uploads'), process.pid),
    slowBodies,
    patienceMs,
    logger,
  }: {
    adminKey?: string | undefined
    slowBodies?: SlowBodyLimits
    logger?: FastifyBaseLogger
  } & Partial<DatasetRouteOptions>,
): Promise<FastifyInstance> {
  const room = new StorageRoom(stores.redis, stores.blobs)
  const app = Fastify({
    ...(logger && { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    // A large upload may take hours as long as it makes progress: `cutSlowBodies` sees to that.
    requestTimeout: 0,
    routerOptions: { maxParamLength: 500 },
    exposeHeadRoutes: false,
    frameworkErrors: handleError,
    clientErrorHandler: handleClientError,
  })
  app.setValidatorCompiler(validateByZod)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(handleNotFound(rememberMethods(app)))
  app.addHook('onRequest', authenticate(adminKey))
  await shedLoad(app)
  app.addHook('onRequest', requireRoom(room))
  app.addHook('onRequest', cutSlowBodies(slowBodies))
  app.addHook('onResponse', endRefusedUpgrade)
  takeJsonOrNothing(app)

  await app.register(helmet, { contentSecurityPolicy: false })
  await app.register(websocket, {
    options: { maxPayload: FRAME_BYTES },
    preClose: sayGoodbye,
    errorHandler: endFailedStream,
  })
  app.addHook('onRequest', requireStream)
  await registerOpenapi(app, adminKey !== undefined)

  await app.register(createJobRoute(stores, datasetsDir))
  await app.register(cloneJobRoute(stores, datasetsDir))
  await app.register(listJobsRoute(stores))
  await app.register(getJobRoute(stores))
  await app.register(changeJobRoute(stores))
  await app.register(cancelJobRoute(stores))
  await app.register(pauseJobRoute(stores))
  await app.register(resumeJobRoute(stores))
  await app.register(listCheckpointsRoute(stores))
  await app.register(deleteJobRoute(stores))
  await app.register(listEventsRoute(stores))
  await app.register(streamJobRoute(stores))
  await app.register(streamJobsRoute(stores))
  await app.register(getMetricsRoute(stores))
  await app.register(getLayersRoute(stores))
  await app.register(listArtifactsRoute(stores))
  await app.register(downloadArtifactRoute({ ...stores, ...children }))
  await app.register(predictRoute({ ...stores, ...children }))
  await app.register(listWorkersRoute(stores))
  await app.register(createDatasetRoute({ ...stores, ...children }, { datasetsDir, uploadsDir, patienceMs }))
  await app.register(deleteDatasetRoute(stores))
  await app.register(readDatasetsRoutes(stores, datasetsDir))
  await app.register(createModelRoute({ ...stores, ...children }, uploadsDir))
  await app.register(deleteModelRoute(stores))
  await app.register(readModelsRoutes(stores))
  await app.register(healthRoutes(stores, room))
  return app
}

/** Bodies are JSON; action routes are posted to with none, whatever content type a client sends along. */
function takeJsonOrNothing(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'ignore')
  const takesNone = ({ routeOptions: { schema } }: FastifyRequest) =>
    schema?.body === undefined || (schema.body as z.ZodType).safeParse(undefined).success
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && takesNone(request)) done(null, undefined)
    else
      parseJson(request, body as string, (error, value) => {
        if (error && body !== '') done(malformedJson(body as string, error))
        else done(error, value)
      })
  })
  app.addContentTypeParser('*', (request, _payload, done) => {
    if (request.headers['content-length'] === '0' && takesNone(request)) done(null, undefined)
    else done(new AppError('unsupported_media_type', 'Send the body as application/json.'))
  })
}

/** After a refused upgrade nobody owns the socket: left open, it would keep the server from closing. */
async function endRefusedUpgrade({ headers, raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (headers.upgrade !== undefined && reply.statusCode >= 400) raw.socket.destroySoon()
}

/**
 * Every open socket learns that the server goes, so that its client reconnects elsewhere with its last seq. Who does not
 * answer is not waited for.
 */
function sayGoodbye(this: FastifyInstance, done: () => void): void {
  const { clients } = this.websocketServer
  for (const client of clients) client.close(CLOSE.shuttingDown, 'shutting down')
  const cutOff = () => {
    for (const client of clients) client.terminate()
  }
  const impatience = setTimeout(cutOff, GOODBYE_MS)
  this.websocketServer.close(() => {
    clearTimeout(impatience)
    done()
  })
}
