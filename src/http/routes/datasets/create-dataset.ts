import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Children } from '#children/open-children.ts'
import { AppError, type Mistake } from '#domain/error.ts'
import { DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import { PROBLEM_MEDIA_TYPE, Problem } from '#http/problem.ts'
import { receiveUpload, UPLOAD_LIMITS } from '#http/receive-upload.ts'
import { STORES_DATA } from '#http/require-room.ts'
import { DatasetRequest, FolderRequest } from '#ingest/dataset-request.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import type { Stores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'
import { folderOf } from '#uploads/dataset-files.ts'
import { type DatasetUpload, ingestUpload, recordUpload } from '#uploads/ingest-upload.ts'
import { logUploadFault } from '#uploads/log-upload-fault.ts'

const PATIENCE_MS = 5_000

const schema = {
  operationId: 'createDataset',
  tags: ['datasets and models'],
  summary: 'Upload a dataset, or register a folder of images that lies in DATASETS_DIR',
  response: {
    201: DatasetResource.describe('Ready.'),
    202: DatasetResource.describe(
      'Being validated: ask at `Location` until `status` is `ready` or `invalid`.',
    ),
    422: {
      description:
        'Not a dataset: `detail` says what is wrong and where. The record at `Location` stays until it is deleted.',
      content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem } },
    },
  },
}

export interface DatasetFolders {
  /** Where an operator puts datasets. */
  datasetsDir: string
  /** Where uploads of this process wait for their validation. */
  uploadsDir: string
}

export interface DatasetRouteOptions extends DatasetFolders {
  /** What is validated within this time is answered with the outcome, all else while it is being validated. */
  patienceMs?: number | undefined
}

export const createDatasetRoute =
  (
    stores: Pick<Stores, 'redis' | 'datasets' | 'blobs'> & Pick<Children, 'ingester'>,
    { datasetsDir, uploadsDir, patienceMs = PATIENCE_MS }: DatasetRouteOptions,
  ): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, UPLOAD_LIMITS)
    let closing = false
    app.addHook('onClose', async () => {
      closing = true
    })

    app.post('/v1/datasets', { schema, config: STORES_DATA }, async (request, reply) => {
      const id = newId('dataset')
      const folder = join(uploadsDir, id)
      const upload = request.isMultipart()
        ? await receive(request, folder)
        : await register(request.body, folder)
      const record = await recordUpload(stores, id, upload, folder)
      request.log.info({ datasetId: id, format: upload.request.format }, 'a dataset was uploaded')
      const onFault = (err: Error) => logUploadFault(app.log, err, id)
      const validating = ingestUpload(stores, record, upload, folder, onFault).catch(err => {
        if (!closing) app.log.error({ err, datasetId: id }, 'a dataset could not be validated')
        return record
      })
      const patience = new AbortController()
      const impatient = pause(patienceMs, record, { signal: patience.signal }).catch(() => record)
      const known = await Promise.race([validating, impatient])
      patience.abort()
      const location = `/v1/datasets/${id}`
      if (known.state.status === 'invalid')
        throw invalidDataset(id, location, {
          path: 'folder' in upload.request ? 'folder' : 'file',
          message: known.state.error,
        })
      const status = known.state.status === 'ready' ? 201 : 202
      return reply.code(status).header('location', location).send(datasetResource(known))
    })

    async function receive(request: FastifyRequest, folder: string): Promise<DatasetUpload> {
      const { spec, files } = await receiveUpload(request, folder, DatasetRequest, {
        fields: ['file'],
        fewest: 1,
      })
      return { request: spec, files: files.map(({ name, path }) => ({ name, path })) }
    }

    async function register(body: unknown, folder: string): Promise<DatasetUpload> {
      if (!hasFolder(body)) throw withoutFolder()
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

function hasFolder(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'folder' in body
}

/** Most who send JSON without a folder have files. */
function withoutFolder(): AppError {
  const message =
    'is required in JSON, which only registers a folder of DATASETS_DIR; send files as multipart/form-data with a part `spec` and parts `file`'
  return new AppError('invalid_request', `folder: ${message}`, { mistakes: [{ path: 'folder', message }] })
}

function invalidDataset(datasetId: string, location: string, mistake: Mistake): AppError {
  return new AppError('invalid_dataset', mistake.message, {
    mistakes: [mistake],
    headers: { location },
    members: { datasetId },
  })
}
