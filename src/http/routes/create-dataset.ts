import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { DatasetRequest, FolderRequest } from '#domain/dataset-request.ts'
import { AppError } from '#domain/error.ts'
import { parseByZod } from '#domain/parse-by-zod.ts'
import { DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import { receiveUpload, UPLOAD_LIMITS } from '#http/receive-upload.ts'
import type { World } from '#infra/connect.ts'
import { folderOf } from '#infra/dataset-files.ts'
import { newId } from '#infra/new-id.ts'
import { type DatasetUpload, noteUpload, takeInUpload } from '#infra/take-in-upload.ts'

/** A small upload is answered when it was validated, a large one while it is. */
const PATIENCE_MS = 5_000

const schema = {
  operationId: 'createDataset',
  tags: ['datasets and models'],
  summary: 'Upload a dataset, or register a folder of images that lies in DATASETS_DIR',
  response: { 201: DatasetResource },
}

export interface DatasetFolders {
  /** Where an operator puts datasets. */
  datasetsDir: string
  /** Where uploads of this process wait for their validation. */
  uploadsDir: string
}

export const createDatasetRoute =
  (
    world: Pick<World, 'datasets' | 'blobs' | 'ingester'>,
    { datasetsDir, uploadsDir }: DatasetFolders,
  ): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, UPLOAD_LIMITS)
    let closing = false
    app.addHook('onClose', async () => {
      closing = true
    })

    app.post('/v1/datasets', { schema }, async (request, reply) => {
      const id = newId('dataset')
      const folder = join(uploadsDir, id)
      const upload = request.isMultipart()
        ? await receive(request, folder)
        : await register(request.body, folder)
      const record = await noteUpload(world, id, upload, folder)
      request.log.info({ datasetId: id, format: upload.request.format }, 'a dataset was uploaded')
      const validating = takeInUpload(world, record, upload, folder).catch(err => {
        if (!closing) app.log.error({ err, datasetId: id }, 'a dataset could not be validated')
        return record
      })
      const patience = new AbortController()
      const impatient = pause(PATIENCE_MS, record, { signal: patience.signal }).catch(() => record)
      const known = await Promise.race([validating, impatient])
      patience.abort()
      return reply.code(201).header('location', `/v1/datasets/${id}`).send(datasetResource(known))
    })

    async function receive(request: FastifyRequest, folder: string): Promise<DatasetUpload> {
      const { spec, files } = await receiveUpload(request, folder, DatasetRequest, {
        fields: ['file'],
        fewest: 1,
      })
      return { request: spec, files: files.map(({ name, path }) => ({ name, path })) }
    }

    async function register(body: unknown, folder: string): Promise<DatasetUpload> {
      const request = parseByZod(FolderRequest, body)
      const path = await folderOf(datasetsDir, request.folder)
      if (!path) {
        const message = `there is no folder "${request.folder}" in DATASETS_DIR`
        throw new AppError('invalid_request', message, { mistakes: [{ path: 'folder', message }] })
      }
      await mkdir(folder, { recursive: true })
      return { request, files: [{ name: request.folder, path }] }
    }
  }
