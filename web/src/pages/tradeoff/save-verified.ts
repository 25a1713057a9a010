import { saveAnswer } from '../../state/save-answer.ts'

export interface SavedFile {
  sizeBytes: number
  /** SHA-256 in hex, after it was compared with the digest of the answer. */
  digest: string | undefined
}

/** Saves an artifact once its bytes have the digest that the service named. @throws Error if they do not */
export async function saveVerified(answer: Response, name: string): Promise<SavedFile> {
  const bytes = await answer.arrayBuffer()
  const digest = await digestOf(bytes)
  const expected = /sha256-([0-9a-f]{64})/.exec(answer.headers.get('etag') ?? '')?.[1]
  if (digest !== undefined && expected !== undefined && digest !== expected)
    throw new Error('The bytes do not have the digest that the service named. Download the file again.')
  await saveAnswer(new Response(bytes), name)
  return { sizeBytes: bytes.byteLength, digest }
}

/** Browsers compute digests only on HTTPS and on loopback. */
async function digestOf(bytes: ArrayBuffer): Promise<string | undefined> {
  if (!crypto.subtle) return undefined
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
