import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { pageOf, wholePage } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { artifactManifest, ManifestEntry } from '#jobs/artifact-manifest.ts'

const schema = {
  operationId: 'listArtifacts',
  tags: ['artifacts'],
  summary: 'List the artifacts of a job',
  description: 'Every file that the job can have, with its variants, and with size and digest if it exists.',
  params: JobParams,
  response: { 200: pageOf(ManifestEntry) },
}

export const listArtifactsRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'read' })
    app.get('/v1/jobs/:jobId/artifacts', { schema, config }, async request => {
      const stores = storesOf(request)
      const job = await stores.jobs.require(request.params.jobId)
      return wholePage(await artifactManifest(stores, job))
    })
  }
