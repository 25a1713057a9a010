import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Artifact, ArtifactVariant } from '#domain/artifact.ts'
import { Binary } from '#http/binary.ts'
import type { ByteRange } from '#http/byte-range.ts'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import { POINT_QUERY, readPointQuery } from '#http/point-query.ts'
import { entityTag, isNotModified, requestedPart } from '#http/requested-part.ts'
import { sendFile } from '#http/send-file.ts'
import { type ArtifactStores, type FoundArtifact, findArtifact, openArtifact } from '#jobs/find-artifact.ts'

const PATH = '/v1/jobs/:jobId/artifacts/:name'

const content = { 'application/octet-stream': { schema: Binary } }
const notModified = z.null().describe('If-None-Match names this file.')

const get = {
  operationId: 'downloadArtifact',
  tags: ['artifacts'],
  summary: 'Download an artifact, or one range of it, with a strong ETag and its digest',
  params: JobParams.extend({ name: z.string().min(1).max(500) }),
  querystring: ArtifactVariant.extend({ checkpoint: CheckpointQuery, ...POINT_QUERY }),
  response: {
    200: { description: 'The whole file.', content },
    206: { description: 'One range of it.', content },
    304: notModified,
  },
}

const head = {
  ...get,
  operationId: 'headArtifact',
  summary: 'The headers of a download: size, ETag and digest',
  response: { 200: z.null().describe('The file exists.'), 304: notModified },
}

export const downloadArtifactRoute =
  (stores: ArtifactStores): FastifyPluginAsyncZod =>
  async app => {
    app.route({
      // A list, because @fastify/swagger leaves out a route whose method is HEAD alone.
      method: ['HEAD'],
      url: PATH,
      schema: head,
      async handler({ params, query, headers }, reply) {
        const found = await findArtifact(stores, params.jobId, params.name, readPointQuery(query))
        if (isNotModified(headers, found.artifact)) return describe(reply, found).code(304).send()
        return describe(reply, found).header('content-length', found.artifact.sizeBytes).send()
      },
    })
    app.get(PATH, { schema: get }, async ({ params, query, headers }, reply) => {
      const found = await findArtifact(stores, params.jobId, params.name, readPointQuery(query))
      if (isNotModified(headers, found.artifact)) return describe(reply, found).code(304).send()
      const part = requestedPart(headers, found.artifact)
      const range = part === 'whole' ? undefined : part
      const body = await openArtifact(stores, params.jobId, found.artifact, range)
      return sendPart(describe(reply, found), found.artifact, range, body)
    })
  }

/** @param range absent for the whole file */
function sendPart(
  reply: FastifyReply,
  { sizeBytes }: Artifact,
  range: ByteRange | undefined,
  body: FileHandle | Readable,
): FastifyReply | Promise<void> {
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 }
  reply.header('content-length', end - start + 1)
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${sizeBytes}`)
  return body instanceof Readable ? reply.send(body) : sendFile(body, { start, end }, reply)
}

/** Only on answers that are about the artifact: caches must not keep an error as if it were immutable. */
function describe(reply: unknown, { artifact, isFinal }: FoundArtifact): FastifyReply {
  const { name, mediaType, sha256 } = artifact
  return (reply as FastifyReply).headers({
    'content-type': mediaType,
    etag: entityTag(artifact),
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': `private, ${isFinal ? 'max-age=31536000, immutable' : 'no-cache'}, no-transform`,
  })
}
