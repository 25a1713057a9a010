import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Artifact } from '#domain/artifact.ts'
import { AnalysisParams } from '#http/analysis-resource.ts'
import { pageOf, wholePage } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { DESCRIBED, DOWNLOAD_PROBLEMS, DOWNLOADED } from '#http/send-artifact.ts'
import { type StoredArtifact, serveArtifact } from '#http/serve-artifact.ts'
import { filesOf, findAnalysisFile } from '#jobs/read-analysis-file.ts'
import type { Stores } from '#stores/connect.ts'

const PATH = '/v1/analyses/:analysisId/artifacts/:name'

const list = {
  operationId: 'listAnalysisArtifacts',
  tags: ['analyses'],
  summary: 'List the files of an analysis',
  description: 'With size and digest. There are none until the analysis has succeeded.',
  params: AnalysisParams,
  response: { 200: pageOf(Artifact) },
}

const get = {
  operationId: 'downloadAnalysisArtifact',
  tags: ['analyses'],
  summary: 'Download a file of an analysis',
  description: 'The whole file or one range of it, with a strong ETag and its digest.',
  params: AnalysisParams.extend({ name: z.string().min(1).max(500) }),
  response: DOWNLOADED,
}

const head = {
  ...get,
  operationId: 'headAnalysisArtifact',
  summary: 'Describe a file of an analysis',
  description: 'The headers of its download: size, ETag and digest.',
  response: DESCRIBED,
}

export const analysisArtifactsRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'read', problems: DOWNLOAD_PROBLEMS })
    app.get(
      '/v1/analyses/:analysisId/artifacts',
      { schema: list, config: routeConfig({ scope: 'read' }) },
      async request => {
        const analysis = await storesOf(request).analyses.require(request.params.analysisId)
        return wholePage([...filesOf(analysis)])
      },
    )
    // A list, because @fastify/swagger leaves out a route whose method is HEAD alone.
    app.route({
      method: ['HEAD'],
      url: PATH,
      schema: head,
      config,
      async handler(request, reply) {
        const stores = storesOf(request)
        return await serveArtifact(request, reply, stores, finderOf(stores, request.params))
      },
    })
    app.get(PATH, { schema: get, config }, async (request, reply) => {
      const stores = storesOf(request)
      return await serveArtifact(request, reply, stores, finderOf(stores, request.params))
    })
  }

function finderOf(
  stores: Stores,
  { analysisId, name }: { analysisId: string; name: string },
): () => Promise<StoredArtifact> {
  return async () => ({
    artifact: await findAnalysisFile(stores, analysisId, name),
    isFinal: true,
    namespace: analysisId,
  })
}
