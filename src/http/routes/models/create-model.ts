import { join } from 'node:path'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { ModelUploadRequest, RegistrationRequest } from '#domain/model-spec.ts'
import { FileParts } from '#http/binary.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { IdempotencyHeaders } from '#http/idempotency-key.ts'
import { ModelResource, modelResource } from '#http/model-resource.ts'
import type { StoresOf } from '#http/principal.ts'
import { receiveUpload, UPLOAD_LIMITS, type UploadedFile } from '#http/receive-upload.ts'
import { routeConfig } from '#http/route-config.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import { registerModel } from '#jobs/register-model.ts'
import { newId } from '#stores/new-id.ts'
import { createModel } from '#uploads/create-model.ts'

const schema = {
  operationId: 'createModel',
  tags: ['datasets and models'],
  summary: 'Upload or register a model',
  description:
    'A form uploads a network, its weights, or both, for jobs to train or to start from; JSON registers the model of a job under a name.',
  headers: IdempotencyHeaders.extend({
    'idempotency-key': z
      .string()
      .optional()
      .describe('For a registration: a key of the client, as for jobs. Uploads ignore it.'),
  }),
  response: { 201: ModelResource },
}

const Form = z.object({
  spec: ModelUploadRequest,
  file: FileParts.optional(),
  state: FileParts.optional(),
})

const config = routeConfig({
  scope: 'submit',
  storesData: true,
  creates: 'modelId',
  problems: [
    'conflict',
    'not_found',
    'artifact_not_ready',
    'artifact_expired',
    'limit_exceeded',
    'quota_exceeded',
  ],
  bodies: { 'multipart/form-data': Form, 'application/json': RegistrationRequest },
})

export const createModelRoute =
  (storesOf: StoresOf<Pick<Children, 'importer'>>, uploadsDir: string): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, UPLOAD_LIMITS)
    const upload = async (request: FastifyRequest) => {
      const id = newId('model')
      const folder = join(uploadsDir, id)
      const fields = { fields: ['file', 'state'], fewest: 0 }
      const { spec, files } = await receiveUpload(request, folder, ModelUploadRequest, fields)
      const named = (part: string) => files.filter(({ field }) => field === part).map(sourceOf)
      const model = { id, spec, files: named('file'), state: named('state')[0], folder }
      return { model: await createModel(storesOf(request), model, request.log), replayed: false }
    }
    const register = async (request: FastifyRequest) => {
      const registration = parseByZod(RegistrationRequest, request.body)
      const claim = idempotencyClaim(request, registration)
      return await registerModel(storesOf(request), registration, claim)
    }
    app.post('/v1/models', { schema, config }, async (request, reply) => {
      const isJson = request.body !== undefined && !request.isMultipart()
      const { model: record, replayed } = await (isJson ? register : upload)(request)
      const model = modelResource(record)
      if (replayed) reply.header('idempotency-replayed', 'true')
      else request.log.info({ modelId: model.id }, isJson ? 'model registered' : 'model uploaded')
      return reply.code(201).header('location', `/v1/models/${model.id}`).send(model)
    })
  }

function sourceOf({ name, path }: UploadedFile) {
  return { name, path }
}
