import type { OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { type Artifact, ArtifactVariant, artifactFile, isArtifactName } from '#domain/artifact.ts'
import { findCheckpoint } from '#domain/checkpoint.ts'
import { AppError } from '#domain/error.ts'
import { isTerminal, type Job, mayBeAsked } from '#domain/job.ts'
import { type ByteRange, listsEntityTag, parseByteRange } from '#http/byte-range.ts'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import { sendFile } from '#http/send-file.ts'
import { exportArtifact } from '#jobs/export-artifact.ts'
import { type ExportRequest, exportKey } from '#jobs/reachable-exports.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import type { Stores } from '#stores/connect.ts'

const Query = ArtifactVariant.extend({ checkpoint: CheckpointQuery })

const schema = {
  operationId: 'downloadArtifact',
  tags: ['artifacts'],
  summary:
    'The bytes of an artifact, whole or one range, with a strong ETag and their digest; HEAD answers alike',
  params: JobParams.extend({ name: z.string().min(1).max(500) }),
  querystring: Query,
}

export const downloadArtifactRoute =
  (
    stores: Pick<Stores, 'jobs' | 'exports' | 'events' | 'blobs'> & Pick<Children, 'exporter'>,
  ): FastifyPluginAsyncZod =>
  async app => {
    app.route({
      method: ['GET', 'HEAD'],
      url: '/v1/jobs/:jobId/artifacts/:name',
      schema,
      async handler(request, reply) {
        const { jobId, name } = request.params
        const { artifact, isFinal } = await findArtifact(jobId, name, request.query)
        const answer = condition(request, artifact)
        if (answer === 'not-modified') return describe(reply, artifact, isFinal).code(304).send()
        if (request.method === 'HEAD')
          return describe(reply, artifact, isFinal).header('content-length', artifact.sizeBytes).send()
        const { sizeBytes } = artifact
        const { start, end } = answer === 'whole' ? { start: 0, end: sizeBytes - 1 } : answer
        const body = await openBlob(jobId, artifact, answer === 'whole' ? undefined : answer)
        describe(reply, artifact, isFinal).header('content-length', end - start + 1)
        if (answer !== 'whole') reply.code(206).header('content-range', `bytes ${start}-${end}/${sizeBytes}`)
        if (body instanceof Readable) return reply.send(body)
        reply.hijack()
        reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders)
        await sendFile(body, { start, end }, reply.raw)
      },
    })

    /**
     * Opened before anything is answered, so that a fault of the store is an error and never a short file. A blob that is gone
     * belonged to a job deleted this moment, or the store has lost it.
     */
    async function openBlob(jobId: string, { sha256, sizeBytes }: Artifact, range?: ByteRange) {
      try {
        const file = await stores.blobs.openFile?.(jobId, sha256)
        if (!file) return (await stores.blobs.open(jobId, sha256, range)).stream
        if ((await file.stat()).size === sizeBytes) return file
        await file.close()
        throw new Error(`The blob ${sha256} of ${jobId} is damaged.`)
      } catch (cause) {
        if (cause instanceof BlobNotFoundError) await stores.jobs.require(jobId)
        throw cause
      }
    }

    /** `isFinal`: the URL will never hold another file. A paused job may go on, and its files then change. */
    async function findArtifact(
      jobId: string,
      name: string,
      query: z.infer<typeof Query>,
    ): Promise<{ artifact: Artifact; isFinal: boolean }> {
      const job = await stores.jobs.require(jobId)
      const request = wanted(job, name, query)
      const isFinal = isTerminal(job.status)
      const isUsual = query.checkpoint === undefined && Object.keys(request.variant).length === 0
      const own = job.artifacts.find(artifact => artifact.name === name)
      if (own && isUsual && job.status === 'succeeded') return { artifact: own, isFinal }
      const made = (await stores.exports.list(jobId)).get(exportKey(request))
      if (made) return { artifact: made, isFinal }
      const isOfModel = artifactFile(request.name).word !== undefined
      if (isOfModel && !request.checkpoint) throw withoutModel(job, name)
      return { artifact: await exportArtifact(stores, job, request), isFinal }
    }
  }

/** @throws AppError for a file that no job has, or not yet, or not so */
function wanted(
  job: Job,
  name: string,
  { checkpoint: which, ...variant }: z.infer<typeof Query>,
): ExportRequest {
  if (!isArtifactName(name)) throw new AppError('not_found', `A job has no artifact "${name}".`)
  if (!mayBeAsked(job.status)) {
    throw new AppError(
      'artifact_not_ready',
      `The job is ${job.status}; artifacts exist once it is over or paused.`,
    )
  }
  const { variants = [] } = artifactFile(name)
  const mistakes = Object.keys(variant)
    .filter(key => !variants.some(known => known === key))
    .map(path => ({
      path,
      message: `${name} has no such variant; it has: ${variants.join(', ') || 'none'}`,
    }))
  if (mistakes.length > 0) throw new AppError('invalid_request', `${name} has no such variant.`, { mistakes })
  const checkpoint = findCheckpoint(job, which)
  if (which !== undefined && !checkpoint) {
    const epochs = job.checkpoints.map(({ epoch }) => epoch).join(', ') || 'none'
    throw new AppError(
      'not_found',
      `The job keeps no checkpoint "${which}"; it keeps those of epochs: ${epochs}.`,
    )
  }
  return { name, variant, checkpoint }
}

/** No epoch was completed: known at once, without starting a process that would find it out. */
function withoutModel({ status }: Job, name: string): AppError {
  if (isTerminal(status))
    return new AppError('not_found', `The job has no ${name}. No epoch was completed, so there is no model.`)
  return new AppError(
    'artifact_not_ready',
    `The job is ${status} and has no ${name} yet: no epoch was completed, so there is no model.`,
  )
}

/** Only on answers that are about the artifact: an error must not be kept as if it were immutable too. */
function describe(
  reply: FastifyReply,
  { name, mediaType, sha256 }: Artifact,
  isFinal: boolean,
): FastifyReply {
  return reply.headers({
    'content-type': mediaType,
    etag: entityTag(sha256),
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': `private, ${isFinal ? 'max-age=31536000, immutable' : 'no-cache'}, no-transform`,
  })
}

/** What the conditional and range headers ask for, in the order of RFC 9110, section 13.2.2. */
function condition(
  { method, headers }: FastifyRequest,
  artifact: Artifact,
): ByteRange | 'whole' | 'not-modified' {
  const tag = entityTag(artifact.sha256)
  if (headers['if-match'] !== undefined && !listsEntityTag(headers['if-match'], tag, 'strong')) {
    throw new AppError('precondition_failed', `If-Match names another entity; this one is ${tag}.`)
  }
  if (headers['if-none-match'] !== undefined && listsEntityTag(headers['if-none-match'], tag, 'weak')) {
    return 'not-modified'
  }
  const ifRange = headers['if-range']
  if (method === 'HEAD' || (ifRange !== undefined && ifRange !== tag)) return 'whole'
  const range = parseByteRange(headers.range, artifact.sizeBytes)
  if (range !== 'unsatisfiable') return range
  const size = { 'content-range': `bytes */${artifact.sizeBytes}` }
  throw new AppError('range_not_satisfiable', `The artifact has ${artifact.sizeBytes} bytes.`, {
    headers: size,
  })
}

function entityTag(sha256: string): string {
  return `"sha256-${sha256}"`
}
