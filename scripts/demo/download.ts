import { createHash } from 'node:crypto'

/** The bytes of an artifact, checked against the digest that the answer promises (RFC 9530, Repr-Digest). */
export async function download(url: string): Promise<{ bytes: Uint8Array; sha256: string }> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const digest = createHash('sha256').update(bytes).digest()
  const promised = /sha-256=:([^:]+):/.exec(answer.headers.get('repr-digest') ?? '')?.[1]
  if (promised !== digest.toString('base64'))
    throw new Error(`${url} does not match its digest: ${promised} was promised`)
  return { bytes, sha256: digest.toString('hex') }
}
