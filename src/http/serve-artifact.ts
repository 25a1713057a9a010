import type { FastifyReply, FastifyRequest } from 'fastify'
import { type FoundArtifact, openArtifact } from '#jobs/find-artifact.ts'
import { withFiles } from '#jobs/with-files.ts'
import type { Stores } from '#stores/connect.ts'
import { sendArtifact, sendHead } from './send-artifact.ts'

/** An artifact and the namespace of its blob. */
export type StoredArtifact = FoundArtifact & { namespace: string }

/** Answers a GET with the file, or with the range that the request wants, and a HEAD with its headers. */
export async function serveArtifact(
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  reply: FastifyReply | object,
  { blobs }: Pick<Stores, 'blobs'>,
  find: () => Promise<StoredArtifact>,
): Promise<FastifyReply | undefined> {
  return await withFiles(find, async found => {
    if (method === 'HEAD') return sendHead(reply, headers, found)
    return await sendArtifact(reply, headers, found, range =>
      openArtifact(blobs, found.namespace, found.artifact, range),
    )
  })
}
