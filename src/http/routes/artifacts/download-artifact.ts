import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { ArtifactVariant } from '#domain/artifact.ts'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import { POINT_QUERY, readPointQuery } from '#http/point-query.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { DESCRIBED, DOWNLOADED, sendArtifact, sendHead } from '#http/send-artifact.ts'
import { findArtifact, openArtifact } from '#jobs/find-artifact.ts'

const PATH = '/v1/jobs/:jobId/artifacts/:name'

const get = {
  operationId: 'downloadArtifact',
  tags: ['artifacts'],
  summary: 'Download an artifact, or one range of it, with a strong ETag and its digest',
  params: JobParams.extend({ name: z.string().min(1).max(500) }),
  querystring: ArtifactVariant.extend({ checkpoint: CheckpointQuery, ...POINT_QUERY }),
  response: DOWNLOADED,
}

const head = {
  ...get,
  operationId: 'headArtifact',
  summary: 'The headers of a download: size, ETag and digest',
  response: DESCRIBED,
}

export const downloadArtifactRoute =
  (storesOf: StoresOf<Pick<Children, 'exporter'>>): FastifyPluginAsyncZod =>
  async app => {
    // A list, because @fastify/swagger leaves out a route whose method is HEAD alone.
    app.route({
      method: ['HEAD'],
      url: PATH,
      schema: head,
      config: routeConfig({ scope: 'read' }),
      async handler(request, reply) {
        const { params, query, headers } = request
        const point = readPointQuery(query)
        return sendHead(
          reply,
          headers,
          await findArtifact(storesOf(request), params.jobId, params.name, point),
        )
      },
    })
    app.get(PATH, { schema: get, config: routeConfig({ scope: 'read' }) }, async (request, reply) => {
      const { params, query, headers } = request
      const stores = storesOf(request)
      const found = await findArtifact(stores, params.jobId, params.name, readPointQuery(query))
      return await sendArtifact(reply, headers, found, range =>
        openArtifact(stores, params.jobId, found.artifact, range),
      )
    })
  }
