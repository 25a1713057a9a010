import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DatasetRef } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { PRESETS } from '#domain/presets/presets.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { parameterCount, variablesOf } from '#domain/variables.ts'
import { pageOf, wholePage } from '#http/page.ts'

const ModelResource = z
  .object({
    id: z.string(),
    description: z.string(),
    parameters: z.int(),
    inputShape: z.array(z.int()),
    variables: z.array(z.object({ name: z.string(), shape: z.array(z.int()), size: z.int() })),
    defaults: JobRequest.omit({ model: true })
      .extend({ dataset: DatasetRef })
      .describe('The spec fields that a request may leave out, if their dataset is there.'),
  })
  .meta({ id: 'Model' })

const resources = Object.entries(PRESETS).map(([id, { description, topology, defaults }]) => ({
  id,
  description,
  parameters: parameterCount(topology),
  inputShape: [...topology.inputShape],
  variables: variablesOf(topology).map(({ name, shape, size }) => ({ name, shape: [...shape], size })),
  defaults,
}))

const list = {
  operationId: 'listModels',
  tags: ['datasets and models'],
  summary: 'The presets, with their parameter counts and defaults',
  response: { 200: pageOf(ModelResource) },
}

const get = {
  operationId: 'getModel',
  tags: ['datasets and models'],
  summary: 'One preset',
  params: z.object({ modelId: z.string().min(1).max(500) }),
  response: { 200: ModelResource },
}

export const readModelsRoutes: FastifyPluginAsyncZod = async app => {
  app.get('/v1/models', { schema: list }, async () => wholePage(resources))
  app.get('/v1/models/:modelId', { schema: get }, async ({ params: { modelId } }) => {
    const found = resources.find(({ id }) => id === modelId)
    if (!found) throw new AppError('not_found', `There is no model "${modelId}".`)
    return found
  })
}
