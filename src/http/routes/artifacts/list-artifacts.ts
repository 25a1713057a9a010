import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { pageOf, wholePage } from '#http/page.ts'
import { artifactManifest, ManifestEntry } from '#jobs/artifact-manifest.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'listArtifacts',
  tags: ['artifacts'],
  summary: 'List every file that the job can have, with its variants, and with size and digest if it exists',
  params: JobParams,
  response: { 200: pageOf(ManifestEntry) },
}

export const listArtifactsRoute =
  (stores: Pick<Stores, 'jobs' | 'exports' | 'analysisIndex'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/artifacts', { schema }, async request =>
      wholePage(await artifactManifest(stores, request.params.jobId)),
    )
  }
