import { join } from 'node:path'
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { ModelUploadRequest } from '#domain/model-spec.ts'
import { FileParts } from '#http/binary.ts'
import { ModelResource, modelResource } from '#http/model-resource.ts'
import type { StoresOf } from '#http/principal.ts'
import { receiveUpload, UPLOAD_LIMITS, type UploadedFile } from '#http/receive-upload.ts'
import { routeConfig } from '#http/route-config.ts'
import { newId } from '#stores/new-id.ts'
import { createModel } from '#uploads/create-model.ts'

const schema = {
  operationId: 'createModel',
  tags: ['datasets and models'],
  summary: 'Upload a network, its weights, or both, for jobs to train or to start from',
  response: { 201: ModelResource },
}

const Form = z.object({
  spec: ModelUploadRequest,
  file: FileParts.optional(),
  state: FileParts.optional(),
})

const config = routeConfig({ scope: 'submit', storesData: true, bodies: { 'multipart/form-data': Form } })

export const createModelRoute =
  (storesOf: StoresOf<Pick<Children, 'importer'>>, uploadsDir: string): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, UPLOAD_LIMITS)
    app.post('/v1/models', { schema, config }, async (request, reply) => {
      const stores = storesOf(request)
      const id = newId('model')
      const folder = join(uploadsDir, id)
      const fields = { fields: ['file', 'state'], fewest: 0 }
      const { spec, files } = await receiveUpload(request, folder, ModelUploadRequest, fields)
      const named = (part: string) => files.filter(({ field }) => field === part).map(sourceOf)
      const model = { id, spec, files: named('file'), state: named('state')[0], folder }
      const record = await createModel(stores, model, request.log)
      request.log.info({ modelId: id }, 'model uploaded')
      return reply.code(201).header('location', `/v1/models/${id}`).send(modelResource(record))
    })
  }

function sourceOf({ name, path }: UploadedFile) {
  return { name, path }
}
