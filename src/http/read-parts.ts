import type { MultipartFile, MultipartValue } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { AppError, invalidRequest } from '#domain/error.ts'

/** Of one upload. */
export const MOST_FILES = 1000

/**
 * The parts of a multipart body (RFC 7578). @throws AppError `malformed_body` where the body is no valid form;
 * a file part that is cut off fails in the stream of its file: see `malformedForm`
 */
export async function* readParts(
  request: FastifyRequest,
): AsyncGenerator<MultipartFile | MultipartValue, void, undefined> {
  const parts = await begin(request)
  for (;;) {
    const { done, value } = await parts.next().catch(malformedForm)
    if (done) return
    yield value
  }
}

/** The parser throws here what it thinks of the content type, before there is any part. */
async function begin(request: FastifyRequest) {
  try {
    return request.parts()[Symbol.asyncIterator]()
  } catch (error) {
    return malformedForm(error)
  }
}

/** Errors of the form's parser have no code of their own; those of the file system and of the service do. */
export function malformedForm(error: unknown): never {
  if (!(error instanceof Error) || error instanceof AppError) throw error
  const { code } = error as NodeJS.ErrnoException
  // What Node calls the end of a request whose client went away.
  if (code === 'ECONNRESET' && error.message === 'aborted')
    throw new AppError('malformed_body', 'The connection was closed before the end of the body.')
  if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT')
    throw new AppError('body_too_large', `The body has more than ${MOST_FILES.toLocaleString('en')} files.`)
  if (code === 'FST_FIELDS_LIMIT') throw invalidRequest('', 'The body has more fields than the part `spec`.')
  if (code === 'FST_REQ_FILE_TOO_LARGE')
    throw new AppError('body_too_large', 'A file of the body is larger than this route takes.')
  if (code !== undefined && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  throw new AppError('malformed_body', `The multipart/form-data body is not valid: ${error.message}.`)
}
