import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import helmet from '@fastify/helmet'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { type FastifyPluginAsyncZod, serializerCompiler } from 'fastify-type-provider-zod'
import type { Children } from '#children/open-children.ts'
import { rememberMethods } from '#http/allowed-methods.ts'
import { authenticate } from '#http/authenticate.ts'
import { closeSockets, endRefusedUpgrade } from '#http/close-sockets.ts'
import { countEgress } from '#http/count-egress.ts'
import { cutSlowBodies, type SlowBodyLimits } from '#http/cut-slow-bodies.ts'
import { handleClientError, handleError, handleNotFound } from '#http/error-handler.ts'
import { registerOpenapi } from '#http/openapi.ts'
import { storesOfCaller } from '#http/principal.ts'
import { limitRates, type RateLimits } from '#http/rate-limits.ts'
import { recordWrites } from '#http/record-writes.ts'
import { requireIds } from '#http/require-ids.ts'
import { requireRoom } from '#http/require-room.ts'
import { analysisArtifactsRoutes } from '#http/routes/analyses/analysis-artifacts.ts'
import { createAnalysisRoute } from '#http/routes/analyses/create-analysis.ts'
import { endAnalysisRoutes } from '#http/routes/analyses/end-analysis.ts'
import { readAnalysesRoutes } from '#http/routes/analyses/read-analyses.ts'
import { watchAnalysisRoutes } from '#http/routes/analyses/watch-analysis.ts'
import { downloadArtifactRoute } from '#http/routes/artifacts/download-artifact.ts'
import { getTradeoffRoute } from '#http/routes/artifacts/get-tradeoff.ts'
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
import { getTelemetryRoute } from '#http/routes/service/get-telemetry.ts'
import { getUsageRoute } from '#http/routes/service/get-usage.ts'
import { healthRoutes } from '#http/routes/service/health.ts'
import { listAuditRoute } from '#http/routes/service/list-audit.ts'
import { listWorkersRoute } from '#http/routes/service/list-workers.ts'
import { cancelSweepRoute } from '#http/routes/sweeps/cancel-sweep.ts'
import { createSweepRoute } from '#http/routes/sweeps/create-sweep.ts'
import { readSweepsRoutes } from '#http/routes/sweeps/read-sweeps.ts'
import { shedLoad } from '#http/shed-load.ts'
import { endFailedStream, requireStream } from '#http/stream-faults.ts'
import { takeJson } from '#http/take-json.ts'
import { validateByZod } from '#http/validate-by-zod.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { StorageRoom } from '#stores/storage-room.ts'
import { uploadsOf } from '#uploads/resume-uploads.ts'

const BODY_BYTES = 1024 * 1024
const FRAME_BYTES = 64 * 1024

export type AppOptions = Partial<DatasetRouteOptions> & {
  /** The key that every route requires unless it is public. Without a key the app answers on loopback host names only. */
  adminKey?: string | undefined
  slowBodies?: SlowBodyLimits
  /** Absent: no limits. */
  rateLimits?: RateLimits
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
  const { logger, adminKey, slowBodies, rateLimits, trustProxy = [] } = options
  const room = new StorageRoom(stores.redis, stores.blobs)
  const app = Fastify({
    ...(logger && { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    // A large upload may take hours: `cutSlowBodies` checks that it makes progress.
    requestTimeout: 0,
    // Audit records and logs of several processes name requests.
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 500 },
    exposeHeadRoutes: false,
    ...(trustProxy.length > 0 && { trustProxy }),
    frameworkErrors: handleError,
    clientErrorHandler: handleClientError,
  })
  app.setValidatorCompiler(validateByZod)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(handleNotFound(rememberMethods(app)))
  recordWrites(app, stores)
  const rates = rateLimits && (await limitRates(app, stores, rateLimits))
  if (rates) app.addHook('onRequest', rates.limitAddress)
  app.addHook('onRequest', authenticate(adminKey))
  if (rates) app.addHook('onRequest', rates.limitKey).addHook('onResponse', rates.countFailure)
  countEgress(app, stores.usage)
  await shedLoad(app)
  app.addHook('onRequest', requireRoom(room))
  app.addHook('onRequest', cutSlowBodies(slowBodies))
  app.addHook('onRequest', requireIds)
  app.addHook('onResponse', endRefusedUpgrade)
  takeJson(app)
  await app.register(helmet, { contentSecurityPolicy: false })
  const websockets = { maxPayload: FRAME_BYTES }
  await app.register(websocket, {
    options: websockets,
    preClose: closeSockets,
    errorHandler: endFailedStream,
  })
  app.addHook('onRequest', requireStream)
  await registerOpenapi(app, adminKey !== undefined)
  for (const route of routesOf(stores, children, room, options)) await app.register(route)
  return app
}

/** Every route of the service, one file each in src/http/routes. A new route is added here. */
function routesOf(
  stores: ServiceStores,
  children: Children,
  room: StorageRoom,
  {
    datasetsDir = '',
    uploadsDir = uploadsOf(join(tmpdir(), 'thresher-uploads'), process.pid),
    patienceMs,
  }: AppOptions,
): FastifyPluginAsyncZod[] {
  const storesOf = storesOfCaller(stores, children)
  return [
    createJobRoute(storesOf, datasetsDir),
    cloneJobRoute(storesOf, datasetsDir),
    listJobsRoute(storesOf),
    getJobRoute(storesOf),
    changeJobRoute(storesOf),
    cancelJobRoute(storesOf),
    pauseJobRoute(storesOf),
    resumeJobRoute(storesOf),
    listCheckpointsRoute(storesOf),
    deleteJobRoute(storesOf),
    listEventsRoute(storesOf),
    streamJobRoute(storesOf),
    streamJobsRoute(storesOf),
    getMetricsRoute(storesOf),
    getLayersRoute(storesOf),
    listArtifactsRoute(storesOf),
    downloadArtifactRoute(storesOf),
    getTradeoffRoute(storesOf),
    predictRoute(storesOf),
    createAnalysisRoute(storesOf, datasetsDir),
    readAnalysesRoutes(storesOf),
    watchAnalysisRoutes(storesOf),
    analysisArtifactsRoutes(storesOf),
    endAnalysisRoutes(storesOf),
    createSweepRoute(storesOf, datasetsDir),
    readSweepsRoutes(storesOf),
    cancelSweepRoute(storesOf),
    listWorkersRoute(storesOf),
    createDatasetRoute(storesOf, { datasetsDir, uploadsDir, patienceMs }),
    deleteDatasetRoute(storesOf),
    readDatasetsRoutes(storesOf, datasetsDir),
    createModelRoute(storesOf, uploadsDir),
    deleteModelRoute(storesOf),
    readModelsRoutes(storesOf),
    healthRoutes(stores, room),
    getTelemetryRoute(stores),
    getUsageRoute(stores),
    listAuditRoute(stores),
  ]
}
