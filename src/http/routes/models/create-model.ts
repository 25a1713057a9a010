import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import multipart from '@fastify/multipart'
import type { FastifyBaseLogger } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { invalidRequest } from '#domain/error.ts'
import { type ModelRequest, ModelUploadRequest } from '#domain/model-spec.ts'
import { FormatError } from '#formats/format-error.ts'
import { FileParts } from '#http/binary.ts'
import { ModelResource, modelResource } from '#http/model-resource.ts'
import { receiveUpload, UPLOAD_LIMITS, type UploadedFile } from '#http/receive-upload.ts'
import { routeConfig } from '#http/route-config.ts'
import type { Stores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'
import type { ModelRecord } from '#stores/upload-records.ts'

const schema = {
  operationId: 'createModel',
  tags: ['datasets and models'],
  summary: 'Upload a network, its weights, or both, for jobs to train or to start from',
  response: { 201: ModelResource },
}

const config = routeConfig({
  storesData: true,
  bodies: {
    'multipart/form-data': z.object({
      spec: ModelUploadRequest,
      file: FileParts.optional(),
      state: FileParts.optional(),
    }),
  },
})

export const createModelRoute =
  (
    { models, blobs, importer }: Pick<Stores, 'models' | 'blobs'> & Pick<Children, 'importer'>,
    uploadsDir: string,
  ): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, UPLOAD_LIMITS)
    app.post('/v1/models', { schema, config }, async (request, reply) => {
      const id = newId('model')
      const folder = join(uploadsDir, id)
      const { spec, files } = await receiveUpload(request, folder, ModelUploadRequest, {
        fields: ['file', 'state'],
        fewest: 0,
      })
      try {
        const upload = {
          model: modelOf(spec),
          files: files.filter(({ field }) => field === 'file').map(sourceOf),
          state: files.filter(({ field }) => field === 'state').map(sourceOf)[0],
        }
        const workDir = join(folder, 'workshop')
        await mkdir(workDir)
        const imported = await importer
          .import({ upload, folder: workDir })
          .catch(error => explain(error, id, request.log))
        const stored = imported.checkpoint && (await blobs.put(id, createReadStream(imported.checkpoint)))
        const record: ModelRecord = {
          id,
          name: spec.name,
          createdAt: new Date().toISOString(),
          model: imported.model,
          ...(stored && { weights: { ...stored, hasState: imported.hasState } }),
          warnings: [...imported.warnings],
        }
        await models.create(record)
        request.log.info({ modelId: id }, 'a model was uploaded')
        return reply.code(201).header('location', `/v1/models/${id}`).send(modelResource(record))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })
  }

function modelOf({
  preset,
  classes,
  topology,
}: z.infer<typeof ModelUploadRequest>): ModelRequest | undefined {
  if (topology) return { topology }
  return preset && { preset, ...(classes !== undefined && { classes }) }
}

function sourceOf({ name, path }: UploadedFile) {
  return { name, path }
}

function explain(error: Error, modelId: string, log: FastifyBaseLogger): never {
  if (!(error instanceof FormatError)) throw error
  const { message, cause } = error
  if (cause) log.info({ modelId, err: cause }, 'a library could not read a model file')
  throw invalidRequest('file', message)
}
