import { ThresherError } from './errors.ts'

/** The answer was not a file, or the bytes do not match their digest. */
export class DownloadError extends ThresherError {
  override readonly name = 'DownloadError'
}

/** The whole file of which an answer has some bytes. */
export interface Representation {
  /** Hexadecimal. */
  sha256: string
  totalBytes: number
}

/** The headers that ask for the bytes after those that have arrived (RFC 9110, section 13.1.5), or for all. */
export function headersFor(
  before: { sha256: string; sizeBytes: number } | undefined,
): Record<string, string> {
  return before ? { range: `bytes=${before.sizeBytes}-`, 'if-range': `"sha256-${before.sha256}"` } : {}
}

/** @throws DownloadError if the answer has no digest (`Repr-Digest`, RFC 9530, section 3) or no size */
export function representationOf({ headers, url }: Response): Representation {
  const digest = /sha-256=:([A-Za-z0-9+/]{43}=):/.exec(headers.get('repr-digest') ?? '')?.[1]
  const size = headers.get('content-range')?.split('/')[1] ?? headers.get('content-length')
  if (!digest || !size || !/^\d+$/.test(size))
    throw new DownloadError(`${url} is not an artifact: the answer has no digest or no size.`)
  return {
    sha256: hexOf(Uint8Array.from(atob(digest), char => char.charCodeAt(0))),
    totalBytes: Number(size),
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
