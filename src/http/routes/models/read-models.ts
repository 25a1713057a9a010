import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import {
  listedVersion,
  MOST_VERSIONS,
  ModelResource,
  modelResource,
  PRESET_RESOURCES,
} from '#http/model-resource.ts'
import { cursorOf, Limit, NamePrefix, pageAfter, pageOf } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import { isRegistered } from '#stores/upload-records.ts'

export const ModelParams = z.object({ modelId: z.string().min(1).max(500) })

const list = {
  operationId: 'listModels',
  tags: ['datasets and models'],
  summary: 'List models',
  description:
    'Uploaded and registered ones, newest first, then the presets with their parameter counts and defaults.',
  querystring: z.strictObject({
    after: cursorOf('model', PRESET_NAMES),
    limit: Limit,
    name: NamePrefix,
  }),
  response: { 200: pageOf(ModelResource) },
}

const get = {
  operationId: 'getModel',
  tags: ['datasets and models'],
  summary: 'Get a model',
  description:
    'An uploaded one, a version of a registered one (`digits@3`), the newest version of a name with the list of its versions, or a preset.',
  params: ModelParams,
  response: { 200: ModelResource },
}

export const readModelsRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/models', { schema: list, config: routeConfig({ scope: 'read' }) }, async request => {
      const { query, log } = request
      const stores = storesOf(request)
      const builtIn = PRESET_RESOURCES.filter(({ id }) => id.startsWith(query.name ?? ''))
      return pageAfter(query.after, query.limit, builtIn, async () => {
        const { found, nextAfter } = await stores.models.list(query)
        const shown = showable(found, ModelResource, modelResource, log)
        return { found: shown.map(record => ({ cursor: record.id, item: modelResource(record) })), nextAfter }
      })
    })
    app.get('/v1/models/:modelId', { schema: get, config: routeConfig({ scope: 'read' }) }, async request => {
      const {
        params: { modelId },
      } = request
      const stores = storesOf(request)
      const preset = PRESET_RESOURCES.find(({ id }) => id === modelId)
      if (preset) return preset
      const model = await stores.models.get(modelId)
      if (!model) throw new AppError('not_found', `There is no model "${modelId}".`)
      if (modelId !== model.name || !isRegistered(model)) return modelResource(model)
      const versions = await stores.models.versions(model.name, MOST_VERSIONS)
      return { ...modelResource(model), versions: versions.filter(isRegistered).map(listedVersion) }
    })
  }
