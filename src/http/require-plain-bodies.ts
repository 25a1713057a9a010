import type { FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'

/**
 * A hook: the service decodes no compressed bodies, and would take their bytes for the content.
 * @throws AppError `unsupported_media_type` (RFC 9110, section 15.5.16)
 */
export async function requirePlainBodies({ headers }: FastifyRequest): Promise<void> {
  const { 'content-encoding': encoding = 'identity' } = headers
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (!hasBody || encoding.toLowerCase() === 'identity') return
  throw new AppError(
    'unsupported_media_type',
    `Send the body without Content-Encoding, not as ${encoding}.`,
    {
      headers: { 'accept-encoding': 'identity' },
    },
  )
}
