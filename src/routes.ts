import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Children } from '#children/open-children.ts'
import { type StoresOf, storesOfCaller } from '#http/principal.ts'
import { createKeyRoute } from '#http/routes/access/create-key.ts'
import { createTicketRoute } from '#http/routes/access/create-ticket.ts'
import { readKeysRoutes } from '#http/routes/access/read-keys.ts'
import { readTenantsRoutes } from '#http/routes/access/read-tenants.ts'
import { revokeKeyRoute } from '#http/routes/access/revoke-key.ts'
import { setTenantRoute } from '#http/routes/access/set-tenant.ts'
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
import { uploadContentRoute } from '#http/routes/datasets/upload-content.ts'
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
import { modelArtifactsRoutes } from '#http/routes/models/model-artifacts.ts'
import { predictByModelRoute } from '#http/routes/models/predict-by-model.ts'
import { readModelsRoutes } from '#http/routes/models/read-models.ts'
import { getLayersRoute } from '#http/routes/progress/get-layers.ts'
import { getMetricsRoute } from '#http/routes/progress/get-metrics.ts'
import { listEventsRoute } from '#http/routes/progress/list-events.ts'
import { streamJobRoute } from '#http/routes/progress/stream-job.ts'
import { streamJobsRoute } from '#http/routes/progress/stream-jobs.ts'
import { dashboardRoutes } from '#http/routes/service/dashboard.ts'
import { getTelemetryRoute } from '#http/routes/service/get-telemetry.ts'
import { getUsageRoute } from '#http/routes/service/get-usage.ts'
import { healthRoutes } from '#http/routes/service/health.ts'
import { listAuditRoute } from '#http/routes/service/list-audit.ts'
import { listWorkersRoute } from '#http/routes/service/list-workers.ts'
import { cancelSweepRoute } from '#http/routes/sweeps/cancel-sweep.ts'
import { createSweepRoute } from '#http/routes/sweeps/create-sweep.ts'
import { readSweepsRoutes } from '#http/routes/sweeps/read-sweeps.ts'
import { changeWebhookRoutes } from '#http/routes/webhooks/change-webhook.ts'
import { createWebhookRoute } from '#http/routes/webhooks/create-webhook.ts'
import { deliveriesRoutes } from '#http/routes/webhooks/deliveries.ts'
import { readWebhooksRoutes } from '#http/routes/webhooks/read-webhooks.ts'
import { rotateSecretRoute } from '#http/routes/webhooks/rotate-secret.ts'
import { testWebhookRoute } from '#http/routes/webhooks/test-webhook.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { StorageRoom } from '#stores/storage-room.ts'
import { uploadsOf } from '#uploads/resume-uploads.ts'
import { networksOf } from '#webhooks/public-address.ts'

type Routes = FastifyPluginAsyncZod[]

/** `web/dist` of a checkout, or its copy in the folder of the compiled service. */
const DASHBOARD = fileURLToPath(new URL('../web/dist', import.meta.url))

export type RouteOptions = Partial<DatasetRouteOptions> & {
  /** Networks, in CIDR notation, that webhooks may be sent to although they are not public. */
  webhookAllowedNetworks?: readonly string[]
  /** The folder of the compiled dashboard. */
  dashboardDir?: string
}

/** Every route of the service, one file each in src/http/routes. A new route is added here. */
export function routesOf(
  stores: ServiceStores,
  children: Children,
  room: StorageRoom,
  {
    datasetsDir = '',
    uploadsDir = uploadsOf(join(tmpdir(), 'thresher-uploads'), process.pid),
    patienceMs,
    webhookAllowedNetworks = [],
    dashboardDir = DASHBOARD,
  }: RouteOptions,
): Routes {
  const storesOf = storesOfCaller(stores, children)
  return [
    ...jobRoutes(storesOf, datasetsDir),
    ...analysisRoutes(storesOf, datasetsDir),
    ...uploadRoutes(storesOf, { datasetsDir, uploadsDir, patienceMs }),
    ...accessRoutes(storesOf),
    ...webhookRoutes(storesOf, webhookAllowedNetworks),
    listWorkersRoute(storesOf),
    healthRoutes(stores, room),
    getTelemetryRoute(stores),
    getUsageRoute(stores),
    listAuditRoute(stores),
    dashboardRoutes(dashboardDir),
  ]
}

function jobRoutes(storesOf: StoresOf<Children>, datasetsDir: string): Routes {
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
  ]
}

function analysisRoutes(storesOf: StoresOf, datasetsDir: string): Routes {
  return [
    createAnalysisRoute(storesOf, datasetsDir),
    readAnalysesRoutes(storesOf),
    watchAnalysisRoutes(storesOf),
    analysisArtifactsRoutes(storesOf),
    endAnalysisRoutes(storesOf),
    createSweepRoute(storesOf, datasetsDir),
    readSweepsRoutes(storesOf),
    cancelSweepRoute(storesOf),
  ]
}

function uploadRoutes(storesOf: StoresOf<Children>, options: DatasetRouteOptions): Routes {
  const { datasetsDir, uploadsDir } = options
  return [
    createDatasetRoute(storesOf, options),
    uploadContentRoute(storesOf, options),
    deleteDatasetRoute(storesOf),
    readDatasetsRoutes(storesOf, datasetsDir),
    createModelRoute(storesOf, uploadsDir),
    deleteModelRoute(storesOf),
    readModelsRoutes(storesOf),
    predictByModelRoute(storesOf),
    modelArtifactsRoutes(storesOf),
  ]
}

function accessRoutes(storesOf: StoresOf): Routes {
  return [
    createKeyRoute(storesOf),
    readKeysRoutes(storesOf),
    revokeKeyRoute(storesOf),
    createTicketRoute(storesOf),
    readTenantsRoutes(storesOf),
    setTenantRoute(storesOf),
  ]
}

function webhookRoutes(storesOf: StoresOf, allowedNetworks: readonly string[]): Routes {
  const sending = { allowed: networksOf(allowedNetworks) }
  return [
    createWebhookRoute(storesOf, sending),
    readWebhooksRoutes(storesOf),
    changeWebhookRoutes(storesOf, sending),
    rotateSecretRoute(storesOf),
    testWebhookRoute(storesOf, sending),
    deliveriesRoutes(storesOf),
  ]
}
