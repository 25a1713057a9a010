import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import { POINT_QUERY, readPointQuery } from '#http/point-query.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { DESCRIBED, DOWNLOAD_PROBLEMS, DOWNLOADED } from '#http/send-artifact.ts'
import { type StoredArtifact, serveArtifact } from '#http/serve-artifact.ts'
import { VariantQuery } from '#http/variant-query.ts'
import { type ArtifactForm, findArtifact } from '#jobs/find-artifact.ts'
import type { Stores } from '#stores/connect.ts'

const PATH = '/v1/jobs/:jobId/artifacts/:name'

const get = {
  operationId: 'downloadArtifact',
  tags: ['artifacts'],
  summary: 'Download an artifact',
  description:
    'The whole file or one range of it, with a strong ETag and its digest. Files that are not stored are made by the first request.',
  params: JobParams.extend({ name: z.string().min(1).max(500) }),
  querystring: VariantQuery.extend({ checkpoint: CheckpointQuery, ...POINT_QUERY }),
  response: DOWNLOADED,
}

const head = {
  ...get,
  operationId: 'headArtifact',
  summary: 'Describe an artifact',
  description: 'The headers of its download: size, ETag and digest.',
  response: DESCRIBED,
}

export const downloadArtifactRoute =
  (storesOf: StoresOf<Pick<Children, 'exporter' | 'measurer'>>): FastifyPluginAsyncZod =>
  async app => {
    const problems = [
      ...DOWNLOAD_PROBLEMS,
      'tradeoff_not_ready',
      'artifact_expired',
      'limit_exceeded',
    ] as const
    const config = routeConfig({ scope: 'read', problems })
    // A list, because @fastify/swagger leaves out a route whose method is HEAD alone.
    app.route({
      method: ['HEAD'],
      url: PATH,
      schema: head,
      config,
      async handler(request, reply) {
        const { params, query } = request
        const stores = storesOf(request)
        return await serveArtifact(request, reply, stores, finderOf(stores, params, readPointQuery(query)))
      },
    })
    app.get(PATH, { schema: get, config }, async (request, reply) => {
      const { params, query } = request
      const stores = storesOf(request)
      return await serveArtifact(request, reply, stores, finderOf(stores, params, readPointQuery(query)))
    })
  }

function finderOf(
  stores: Stores & Pick<Children, 'exporter' | 'measurer'>,
  { jobId, name }: { jobId: string; name: string },
  form: ArtifactForm,
): () => Promise<StoredArtifact> {
  return async () => ({
    ...(await findArtifact(stores, await stores.jobs.require(jobId), name, form)),
    namespace: jobId,
  })
}
