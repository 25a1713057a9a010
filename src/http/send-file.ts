import type { FileHandle } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { BlobRange } from '#stores/blobs/blob-store.ts'

const CHUNK_BYTES = 1_048_576

/**
 * Answers with bytes of a file, and closes the file. Two buffers alternate: one is filled while the other is sent. A stream would allocate
 * a new buffer for each piece, which takes longer than sending it.
 */
export async function sendFile(
  file: FileHandle,
  { start, end }: BlobRange,
  reply: FastifyReply,
): Promise<void> {
  reply.hijack()
  const to = reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders)
  const closed = new Promise(resolve => to.once('close', resolve))
  const size = Math.min(CHUNK_BYTES, end + 1 - start)
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  const sent: Promise<unknown>[] = []
  try {
    for (let at = start, turn = 0; at <= end && !to.destroyed; turn = 1 - turn) {
      await sent[turn]
      const { bytesRead } = await file.read(buffers[turn]!, 0, Math.min(size, end + 1 - at), at)
      if (bytesRead === 0) throw new Error('The file is shorter than the requested range.')
      const piece = buffers[turn]!.subarray(0, bytesRead)
      // A closed socket never calls the callback.
      sent[turn] = Promise.race([new Promise(resolve => to.write(piece, resolve)), closed])
      at += bytesRead
    }
    to.end()
  } catch (error) {
    to.destroy()
    throw error
  } finally {
    await file.close()
  }
}
