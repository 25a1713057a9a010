import type { IncomingHttpHeaders } from 'node:http'
import type { Artifact } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import { type ByteRange, listsEntityTag, parseByteRange } from './byte-range.ts'

/** The strong entity tag of an artifact (RFC 9110, section 8.8.3). */
export function entityTag({ sha256 }: Artifact): string {
  return `"sha256-${sha256}"`
}

/**
 * Evaluates a request's conditions for a file (RFC 9110, section 13.2.2).
 * @throws AppError `precondition_failed`
 */
export function isNotModified(headers: IncomingHttpHeaders, artifact: Artifact): boolean {
  const tag = entityTag(artifact)
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
  if (ifMatch !== undefined && !listsEntityTag(ifMatch, tag, 'strong'))
    throw new AppError('precondition_failed', `If-Match names another entity; this one is ${tag}.`)
  return ifNoneMatch !== undefined && listsEntityTag(ifNoneMatch, tag, 'weak')
}

/**
 * The bytes that a GET requests: the whole file unless `Range` names one range and `If-Range` matches this file.
 * @throws AppError `range_not_satisfiable`
 */
export function requestedPart(headers: IncomingHttpHeaders, artifact: Artifact): ByteRange | 'whole' {
  const ifRange = headers['if-range']
  if (ifRange !== undefined && ifRange !== entityTag(artifact)) return 'whole'
  const range = parseByteRange(headers.range, artifact.sizeBytes)
  if (range !== 'unsatisfiable') return range
  throw new AppError('range_not_satisfiable', `The artifact has ${artifact.sizeBytes} bytes.`, {
    headers: { 'content-range': `bytes */${artifact.sizeBytes}` },
  })
}
