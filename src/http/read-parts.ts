import type { MultipartFile, MultipartValue } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { AppError, invalidRequest } from '#domain/error.ts'
import { MOST_FILES } from '#ingest/dataset-request.ts'

/**
 * The parts of a multipart body (RFC 7578). The stream of a truncated file part fails: see `malformedForm`.
 * @throws AppError `malformed_body` for a body that is not a valid form
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

/** The parser checks the content type before it reads a part, and throws here. */
async function begin(request: FastifyRequest) {
  try {
    return request.parts()[Symbol.asyncIterator]()
  } catch (error) {
    return malformedForm(error)
  }
}

/** Turns an error of the form parser, which has no code, into an AppError. Errors of the file system have codes and are rethrown. */
export function malformedForm(error: unknown): never {
  if (!(error instanceof Error) || error instanceof AppError) throw error
  const { code } = error as NodeJS.ErrnoException
  // The error of Node when the client disconnects.
  if (code === 'ECONNRESET' && error.message === 'aborted')
    throw new AppError('malformed_body', 'The connection was closed before the end of the body.')
  if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT')
    throw new AppError('body_too_large', `The body has more than ${MOST_FILES.toLocaleString('en')} files.`)
  if (code === 'FST_FIELDS_LIMIT') throw invalidRequest('', 'The form has fields other than the part `spec`.')
  if (code === 'FST_REQ_FILE_TOO_LARGE')
    throw new AppError('body_too_large', 'A file of the body is larger than the limit of this route.')
  if (code !== undefined && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  throw new AppError('malformed_body', `The multipart/form-data body is not valid: ${error.message}.`)
}
