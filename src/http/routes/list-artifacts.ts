import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Artifact } from '#domain/artifact.ts'
import { pageOf, wholePage } from '#http/page.ts'
import type { World } from '#infra/connect.ts'
import { JobParams } from './job-params.ts'

const schema = {
  operationId: 'listArtifacts',
  tags: ['artifacts'],
  summary: 'The manifest: every file the job offers, with its size and digest',
  params: JobParams,
  response: { 200: pageOf(Artifact) },
}

export const listArtifactsRoute =
  ({ jobs }: Pick<World, 'jobs'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/artifacts', { schema }, async request => {
      const job = await jobs.require(request.params.jobId)
      return wholePage([...job.artifacts, ...(await jobs.exports(job.id)).values()])
    })
  }
