import type { FileHandle } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { ARTIFACT_FILES, type Artifact } from '#domain/artifact.ts'
import type { FoundArtifact } from '#jobs/find-artifact.ts'
import { Binary } from './binary.ts'
import type { ByteRange } from './byte-range.ts'
import { entityTag, isNotModified, requestedPart } from './requested-part.ts'
import { sendFile } from './send-file.ts'

/** Some generic clients parse JSON, and others read its bytes. */
const JsonFile = z.union([Binary, z.looseObject({})])
const MEDIA_TYPES = new Set(Object.values(ARTIFACT_FILES).map(({ mediaType }) => mediaType.split(';')[0]!))

/**
 * The media types of the files of jobs and analyses. Bytes come first although no file has their type: generators of clients take the
 * first type that they support.
 */
const content = Object.fromEntries(
  ['application/octet-stream', ...[...MEDIA_TYPES].toSorted()].map(mediaType => [
    mediaType,
    { schema: mediaType === 'application/json' ? JsonFile : Binary },
  ]),
)
const notModified = z.null().describe('If-None-Match names this file.')

/** The answers of a download. */
export const DOWNLOADED = {
  200: { description: 'The whole file.', content },
  206: { description: 'One range of it.', content },
  304: notModified,
}

/** The errors of a download. */
export const DOWNLOAD_PROBLEMS = [
  'artifact_not_ready',
  'precondition_failed',
  'range_not_satisfiable',
] as const

/** The answers of a HEAD of the same route. */
export const DESCRIBED = { 200: z.null().describe('The file exists.'), 304: notModified }

/** Answers with the headers of a download. */
export function sendHead(
  reply: FastifyReply | object,
  headers: IncomingHttpHeaders,
  found: FoundArtifact,
): FastifyReply {
  if (isNotModified(headers, found.artifact)) return describe(reply, found).code(304).send()
  return describe(reply, found).header('content-length', found.artifact.sizeBytes).send()
}

/** Answers with a file, or with the range that the request wants. @param open opens the bytes */
export async function sendArtifact(
  reply: FastifyReply | object,
  headers: IncomingHttpHeaders,
  found: FoundArtifact,
  open: (range: ByteRange | undefined) => Promise<FileHandle | Readable>,
): Promise<FastifyReply | undefined> {
  if (isNotModified(headers, found.artifact)) return describe(reply, found).code(304).send()
  const part = requestedPart(headers, found.artifact)
  const range = part === 'whole' ? undefined : part
  const body = await open(range)
  return (await sendPart(describe(reply, found), found.artifact, range, body)) as FastifyReply | undefined
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
  const { mediaType, sha256 } = artifact
  return (reply as FastifyReply).headers({
    'content-type': mediaType,
    etag: entityTag(artifact),
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename="${savedName(artifact)}"`,
    'cache-control': `private, ${isFinal ? 'max-age=31536000, immutable' : 'no-cache'}, no-transform`,
  })
}

/** The name under which a file is saved. */
function savedName({ name, variant }: Artifact): string {
  return variant?.runtime ? 'model.runtime.zip' : name
}
