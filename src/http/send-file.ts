import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { BlobRange } from '#stores/blobs/blob-store.ts'

const CHUNK_BYTES = 1_048_576

/**
 * Sends bytes of a file and ends the answer, whose head is written. Two buffers take turns, one being filled while the other is sent:
 * a stream would allocate a new one for each piece, which takes longer than to send it. Closes the file.
 */
export async function sendFile(
  file: FileHandle,
  { start, end }: BlobRange,
  to: ServerResponse,
): Promise<void> {
  const closed = new Promise(resolve => to.once('close', resolve))
  const size = Math.min(CHUNK_BYTES, end + 1 - start)
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  const sent: Promise<unknown>[] = []
  try {
    for (let at = start, turn = 0; at <= end && !to.destroyed; turn = 1 - turn) {
      await sent[turn]
      const { bytesRead } = await file.read(buffers[turn]!, 0, Math.min(size, end + 1 - at), at)
      if (bytesRead === 0) throw new Error('The file ends before its bytes do.')
      const piece = buffers[turn]!.subarray(0, bytesRead)
      // A socket that is gone forgets who waits.
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
