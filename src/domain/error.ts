/** Every way a request can be refused: the one catalogue that routes throw from and clients can rely on. */
export const ERROR_CATALOGUE = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  malformed_body: { status: 400, title: 'The body could not be read' },
  unauthenticated: { status: 401, title: 'A key is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'This method is not offered here' },
  body_timeout: { status: 408, title: 'The body arrived too slowly' },
  conflict: { status: 409, title: 'The job is not in a state that allows this' },
  dataset_not_ready: { status: 409, title: 'The dataset cannot be used yet' },
  artifact_not_ready: { status: 409, title: 'The artifact does not exist yet' },
  precondition_failed: { status: 412, title: 'A precondition does not hold' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'This content type is not accepted here' },
  range_not_satisfiable: { status: 416, title: 'The range lies outside the artifact' },
  invalid_dataset: { status: 422, title: 'The files are not a dataset that can be used' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another body' },
  limit_exceeded: { status: 422, title: 'This takes more than the service allows' },
  insufficient_memory: { status: 422, title: 'No worker has enough memory for this job' },
  upgrade_required: { status: 426, title: 'This route is a WebSocket' },
  internal: { status: 500, title: 'Something went wrong on the server' },
  unavailable: { status: 503, title: 'The service cannot answer just now' },
} as const

export type ErrorCode = keyof typeof ERROR_CATALOGUE

/** One mistake in a request: a dotted path (`optimizer.learningRate`) and what would be right. */
export interface Mistake {
  path: string
  message: string
}

/** The only error a route throws; `error-handler.ts` turns it into problem+json (RFC 9457). */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly mistakes: readonly Mistake[]
  readonly headers: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, string>>

  constructor(
    code: ErrorCode,
    message: string,
    details: {
      mistakes?: readonly Mistake[]
      headers?: Record<string, string>
      /** Further members of the problem (RFC 9457, section 3.2). */
      members?: Record<string, string>
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.status = ERROR_CATALOGUE[code].status
    this.mistakes = details.mistakes ?? []
    this.headers = details.headers ?? {}
    this.members = details.members ?? {}
  }
}

/**
 * The refusal of a request that is wrong in one place.
 * @param path of the field, dotted (`optimizer.learningRate`); empty for the body as a whole
 * @param message the end of a sentence that begins with the path: `must be a positive number`
 */
export function invalidRequest(path: string, message: string): AppError {
  return invalidFields([{ path, message }])
}

/** The refusal of a request with every mistake in it. */
export function invalidFields(mistakes: readonly Mistake[]): AppError {
  const detail = mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')
  return new AppError('invalid_request', detail, { mistakes })
}
