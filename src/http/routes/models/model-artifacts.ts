import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { pageOf, wholePage } from '#http/page.ts'
import { POINT_QUERY, readPointQuery } from '#http/point-query.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { DESCRIBED, DOWNLOAD_PROBLEMS, DOWNLOADED } from '#http/send-artifact.ts'
import { type StoredArtifact, serveArtifact } from '#http/serve-artifact.ts'
import { VariantQuery } from '#http/variant-query.ts'
import { ManifestEntry } from '#jobs/artifact-manifest.ts'
import type { ArtifactForm } from '#jobs/find-artifact.ts'
import { findModelArtifact, modelManifest, requireRegistered } from '#jobs/registered-model.ts'
import type { Stores } from '#stores/connect.ts'
import { ModelParams } from './read-models.ts'

const FOLDER = '/v1/models/:modelId/artifacts'
const PATH = `${FOLDER}/:name`
const Params = ModelParams.extend({ name: z.string().min(1).max(500) })

const list = {
  operationId: 'listModelArtifacts',
  tags: ['artifacts'],
  summary: 'List the files of a registered model',
  description: 'Every file that the model can have, with size and digest if it exists.',
  params: ModelParams,
  response: { 200: pageOf(ManifestEntry) },
}

const get = {
  operationId: 'downloadModelArtifact',
  tags: ['artifacts'],
  summary: 'Download a file of a registered model',
  description: 'The whole file or one range of it: the same bytes as that file of its job.',
  params: Params,
  querystring: VariantQuery.extend(POINT_QUERY),
  response: DOWNLOADED,
}

const head = {
  ...get,
  operationId: 'headModelArtifact',
  summary: 'Describe a file of a registered model',
  description: 'The headers of its download: size, ETag and digest.',
  response: DESCRIBED,
}

export const modelArtifactsRoutes =
  (storesOf: StoresOf<Pick<Children, 'exporter' | 'measurer'>>): FastifyPluginAsyncZod =>
  async app => {
    const listing = routeConfig({ scope: 'read', problems: ['conflict'] })
    app.get(FOLDER, { schema: list, config: listing }, async request => {
      const stores = storesOf(request)
      const model = await requireRegistered(stores, request.params.modelId)
      return wholePage(await modelManifest(stores, model))
    })
    const problems = [...DOWNLOAD_PROBLEMS, 'conflict', 'tradeoff_not_ready', 'limit_exceeded'] as const
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
  { modelId, name }: z.infer<typeof Params>,
  form: ArtifactForm,
): () => Promise<StoredArtifact> {
  return async () => {
    const model = await requireRegistered(stores, modelId)
    const { artifact, isFinal } = await findModelArtifact(stores, model, name, form)
    // A name without a version has another file once there is a newer version.
    return { artifact, isFinal: isFinal && modelId !== model.name, namespace: model.id }
  }
}
