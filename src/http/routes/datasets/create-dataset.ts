import { join } from 'node:path'
import multipart from '@fastify/multipart'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { invalidRequest } from '#domain/error.ts'
import { FileParts } from '#http/binary.ts'
import { DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { IdempotencyHeaders } from '#http/idempotency-key.ts'
import type { StoresOf } from '#http/principal.ts'
import { receiveUpload, UPLOAD_LIMITS } from '#http/receive-upload.ts'
import { refuseInvalidDataset } from '#http/refuse-invalid-dataset.ts'
import { routeConfig } from '#http/route-config.ts'
import { DatasetRequest, DatasetUploadRequest, FolderRequest } from '#ingest/dataset-request.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import type { Stores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'
import { announceUpload } from '#uploads/announce-upload.ts'
import { createDataset, folderUpload } from '#uploads/create-dataset.ts'
import type { DatasetUpload } from '#uploads/ingest-upload.ts'

export const PATIENCE_MS = 5_000

const schema = {
  operationId: 'createDataset',
  tags: ['datasets and models'],
  summary: 'Upload or register a dataset',
  description:
    'A form uploads files; JSON with `files` announces files that are sent in chunks; other JSON registers a folder of images in the DATASETS_DIR of the service. If the files are not a dataset, `detail` of the 422 describes the mistake and its place, and the record at `Location` remains until it is deleted.',
  headers: IdempotencyHeaders.extend({
    'idempotency-key': z
      .string()
      .optional()
      .describe('For JSON with `files`: a key of the client, as for jobs. Other bodies ignore it.'),
  }),
  response: {
    201: DatasetResource.describe('Ready, or `uploading` if its files are sent in chunks.'),
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
    'application/json': z.union([FolderRequest, DatasetUploadRequest]),
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
      if (announcesFiles(request.body)) return await announce(stores, request, reply)
      const id = newId('dataset')
      const folder = join(uploadsDir, id)
      const upload = request.isMultipart()
        ? await receivedFiles(request, folder)
        : await folderUpload(datasetsDir, folderRequest(request.body))
      request.log.info({ datasetId: id, format: upload.request.format }, 'dataset uploaded')
      const record = await createDataset(stores, { id, upload, folder }, intake)
      refuseInvalidDataset(record, 'folder' in upload.request ? 'folder' : 'file')
      const status = record.state.status === 'ready' ? 201 : 202
      return reply.code(status).header('location', `/v1/datasets/${id}`).send(datasetResource(record))
    })
  }

function announcesFiles(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'files' in body
}

async function announce(stores: Stores, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const announced = parseByZod(DatasetUploadRequest, request.body)
  const claim = idempotencyClaim(request, announced)
  const { record, replayed } = await announceUpload(stores, announced, claim)
  if (replayed) reply.header('idempotency-replayed', 'true')
  else request.log.info({ datasetId: record.id, format: announced.format }, 'upload in chunks announced')
  return reply.code(201).header('location', `/v1/datasets/${record.id}`).send(datasetResource(record))
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
    'is required in JSON, which registers a folder of DATASETS_DIR, unless `files` announces files; send files as multipart/form-data with a part `spec` and parts `file`',
  )
}
