import { type ArtifactSource, pathOf } from './artifact-source.ts'
import { chunksOf } from './chunks.ts'
import { continuing } from './continuing.ts'
import { type DownloadOptions, SILENCE_MS, TIMEOUT_MS } from './download-options.ts'
import { ConnectionError } from './errors.ts'
import { DownloadError, headersFor, hexOf, representationOf } from './representation.ts'
import type { Thresher } from './thresher.ts'

/**
 * Downloads an artifact into memory, in browsers too, over as many connections as that takes. Its digest is verified where the browser can:
 * on HTTPS and on loopback. Elsewhere only its size is.
 *
 * @returns its bytes, with its media type
 * @throws DownloadError; AnswerError if the service refuses; ConnectionError after six attempts in a row that received nothing
 */
export async function downloadBlob(
  client: Thresher,
  source: ArtifactSource | string,
  options: DownloadOptions = {},
): Promise<Blob> {
  const { onProgress, signal, silenceMs = SILENCE_MS, timeoutMs = TIMEOUT_MS } = options
  const path = pathOf(client, source)
  let chunks: Uint8Array<ArrayBuffer>[] = []
  let sizeBytes = 0
  let sha256 = ''
  const attempt = async () => {
    const headers = headersFor(sizeBytes > 0 ? { sha256, sizeBytes } : undefined)
    const answer = await client.send(path, { headers, timeoutMs, signal, retries: 0 })
    const { totalBytes, ...file } = representationOf(answer)
    if (answer.status !== 206) [chunks, sizeBytes, sha256] = [[], 0, file.sha256]
    for await (const chunk of chunksOf(answer.body!, silenceMs)) {
      chunks.push(chunk as Uint8Array<ArrayBuffer>)
      sizeBytes += chunk.length
      onProgress?.({ receivedBytes: sizeBytes, totalBytes })
    }
    if (sizeBytes < totalBytes)
      throw new ConnectionError(`Only ${sizeBytes} of ${totalBytes} bytes were received.`)
    return new Blob(chunks, { type: answer.headers.get('content-type') ?? '' })
  }
  const blob = await continuing(attempt, () => sizeBytes, signal)
  await verify(blob, sha256)
  return blob
}

async function verify(blob: Blob, sha256: string): Promise<void> {
  if (!globalThis.crypto.subtle) return
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())
  if (hexOf(new Uint8Array(digest)) !== sha256) throw new DownloadError('The file does not match its digest.')
}
