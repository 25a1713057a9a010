import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { Binary } from '#http/binary.ts'
import { ContentRangeHeaders, contentRange } from '#http/content-range.ts'
import { DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import type { StoresOf } from '#http/principal.ts'
import { malformedForm } from '#http/read-parts.ts'
import { refuseInvalidDataset } from '#http/refuse-invalid-dataset.ts'
import { routeConfig } from '#http/route-config.ts'
import { FileName } from '#ingest/dataset-request.ts'
import { isComplete, isUploading } from '#stores/upload-records.ts'
import { knownWithin } from '#uploads/create-dataset.ts'
import { finishUpload } from '#uploads/finish-upload.ts'
import { receiveChunk } from '#uploads/receive-chunk.ts'
import { type DatasetRouteOptions, PATIENCE_MS } from './create-dataset.ts'
import { DatasetParams } from './read-datasets.ts'

const schema = {
  operationId: 'uploadDatasetContent',
  tags: ['datasets and models'],
  summary: 'Upload a chunk of a file',
  description:
    'Appends the next chunk to a file of a dataset that was announced with `files`. A chunk is stored whole or not at all, has at most 64 MiB and, unless it is the last of its file, at least 1 MiB. A chunk that was received before has no effect. One with another offset is refused with 409, and `receivedBytes` of the problem is the right offset. After the last chunk, the files are validated as those of a form.',
  params: DatasetParams,
  querystring: z.strictObject({
    file: FileName.optional().describe('The name of an announced file; may be omitted if there is only one.'),
  }),
  headers: ContentRangeHeaders,
  response: { 200: DatasetResource },
}

const config = routeConfig({
  scope: 'submit',
  storesData: true,
  problems: ['conflict', 'invalid_dataset'],
  bodies: { 'application/octet-stream': Binary },
})

export const uploadContentRoute =
  (
    storesOf: StoresOf<Pick<Children, 'ingester'>>,
    { uploadsDir, patienceMs = PATIENCE_MS }: DatasetRouteOptions,
  ): FastifyPluginAsyncZod =>
  async app => {
    const closing = new AbortController()
    app.addHook('onClose', async () => closing.abort())
    const context = { stopping: closing.signal, log: app.log }
    app.removeAllContentTypeParsers()
    // The handler reads the body, if it needs it.
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.put('/v1/datasets/:datasetId/content', { schema, config }, async request => {
      const stores = storesOf(request)
      const { datasetId } = request.params
      const received = await receiveChunk(stores, datasetId, {
        file: request.query.file,
        range: contentRange(request.headers['content-range']),
        content: bodyOf(request),
      })
      if (!isUploading(received) || !isComplete(received)) return answerOf(received)
      await knownWithin(finishUpload(stores, datasetId, uploadsDir, context), patienceMs)
      return answerOf(await stores.datasets.require(datasetId))
    })
  }

function answerOf(record: Parameters<typeof datasetResource>[0]): DatasetResource {
  refuseInvalidDataset(record, 'file')
  return datasetResource(record)
}

async function* bodyOf({ raw }: FastifyRequest): AsyncGenerator<Uint8Array> {
  try {
    // An error must be answered on the connection, which a destroyed request would close.
    for await (const part of raw.iterator({ destroyOnReturn: false })) yield part
  } catch (error) {
    malformedForm(error)
  } finally {
    // Node does not skip the rest of a body that was read in part, and the connection would wait for it.
    raw.resume()
  }
}
