import { join } from 'node:path'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { AppError, invalidRequest } from '#domain/error.ts'
import { FileParts } from '#http/binary.ts'
import { DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import type { StoresOf } from '#http/principal.ts'
import { receiveUpload, UPLOAD_LIMITS } from '#http/receive-upload.ts'
import { routeConfig } from '#http/route-config.ts'
import { DatasetRequest, FolderRequest } from '#ingest/dataset-request.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import { newId } from '#stores/new-id.ts'
import { createDataset, folderUpload } from '#uploads/create-dataset.ts'
import type { DatasetUpload } from '#uploads/ingest-upload.ts'

const PATIENCE_MS = 5_000

const schema = {
  operationId: 'createDataset',
  tags: ['datasets and models'],
  summary: 'Upload or register a dataset',
  description:
    'A form uploads files; JSON registers a folder of images in the DATASETS_DIR of the service. If the files are not a dataset, `detail` of the 422 describes the mistake and its place, and the record at `Location` remains until it is deleted.',
  response: {
    201: DatasetResource.describe('Ready.'),
    202: DatasetResource.describe(
      'The dataset is still being validated: poll `Location` until `status` is `ready` or `invalid`.',
    ),
  },
}

const config = routeConfig({
  scope: 'submit',
  storesData: true,
  creates: 'datasetId',
  problems: ['invalid_dataset', 'limit_exceeded', 'quota_exceeded'],
  bodies: {
    'multipart/form-data': z.object({ spec: DatasetRequest, file: FileParts }),
    'application/json': FolderRequest,
  },
})

export interface DatasetFolders {
  /** The operator's folder of datasets. */
  datasetsDir: string
  /** The folder in which uploads of this process wait for their validation. */
  uploadsDir: string
}

export interface DatasetRouteOptions extends DatasetFolders {
  /** A validation that takes longer is answered with 202. */
  patienceMs?: number | undefined
}

export const createDatasetRoute =
  (
    storesOf: StoresOf<Pick<Children, 'ingester'>>,
    { datasetsDir, uploadsDir, patienceMs = PATIENCE_MS }: DatasetRouteOptions,
  ): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, UPLOAD_LIMITS)
    const closing = new AbortController()
    app.addHook('onClose', async () => closing.abort())
    const intake = { patienceMs, stopping: closing.signal, log: app.log }
    app.post('/v1/datasets', { schema, config }, async (request, reply) => {
      const stores = storesOf(request)
      const id = newId('dataset')
      const folder = join(uploadsDir, id)
      const upload = request.isMultipart()
        ? await receivedFiles(request, folder)
        : await folderUpload(datasetsDir, folderRequest(request.body))
      request.log.info({ datasetId: id, format: upload.request.format }, 'dataset uploaded')
      const record = await createDataset(stores, { id, upload, folder }, intake)
      const location = `/v1/datasets/${id}`
      if (record.state.status === 'invalid')
        throw invalidDataset(id, 'folder' in upload.request ? 'folder' : 'file', record.state.error)
      const status = record.state.status === 'ready' ? 201 : 202
      return reply.code(status).header('location', location).send(datasetResource(record))
    })
  }

async function receivedFiles(request: FastifyRequest, folder: string): Promise<DatasetUpload> {
  const fields = { fields: ['file'], fewest: 1 }
  const { spec, files } = await receiveUpload(request, folder, DatasetRequest, fields)
  return { request: spec, files: files.map(({ name, path }) => ({ name, path })) }
}

/** @throws AppError `invalid_request` that explains how to send files, because most clients that send JSON without a folder have files */
function folderRequest(body: unknown): FolderRequest {
  if (typeof body === 'object' && body !== null && 'folder' in body) return parseByZod(FolderRequest, body)
  throw invalidRequest(
    'folder',
    'is required in JSON, which only registers a folder of DATASETS_DIR; send files as multipart/form-data with a part `spec` and parts `file`',
  )
}

function invalidDataset(datasetId: string, path: string, message: string): AppError {
  return new AppError('invalid_dataset', message, {
    mistakes: [{ path, message }],
    headers: { location: `/v1/datasets/${datasetId}` },
    members: { datasetId },
  })
}
