/** Every error that a client can receive. Codes and statuses are part of the contract. */
export const ERROR_CATALOGUE = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  malformed_body: { status: 400, title: 'The body could not be read' },
  unauthenticated: { status: 401, title: 'Authentication is required' },
  forbidden: { status: 403, title: 'The request is not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The route does not support this method' },
  body_timeout: { status: 408, title: 'The request arrived too slowly' },
  conflict: { status: 409, title: 'The current state does not allow this' },
  dataset_not_ready: { status: 409, title: 'The dataset is still being uploaded or validated' },
  tradeoff_not_ready: { status: 409, title: 'The trade-off has not been measured yet' },
  artifact_not_ready: { status: 409, title: 'The artifact does not exist yet' },
  precondition_failed: { status: 412, title: 'A precondition of the request failed' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The route does not accept this content type' },
  address_too_long: { status: 414, title: 'The address of the request is too long' },
  artifact_expired: { status: 410, title: 'The artifact has been deleted after its retention period' },
  range_not_satisfiable: { status: 416, title: 'The range is outside the file' },
  expectation_failed: { status: 417, title: 'The service cannot do what Expect asks for' },
  invalid_dataset: { status: 422, title: 'The files are not a valid dataset' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used with another body' },
  limit_exceeded: { status: 422, title: 'The request exceeds a limit of the service' },
  insufficient_memory: { status: 422, title: 'No worker has enough memory for this job' },
  upgrade_required: { status: 426, title: 'The route requires a WebSocket upgrade' },
  quota_exceeded: { status: 429, title: 'A quota is used up' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'An internal error occurred' },
  unavailable: { status: 503, title: 'The service is temporarily unavailable' },
} as const

export type ErrorCode = keyof typeof ERROR_CATALOGUE

/** One mistake in a request: a dotted path (`optimizer.learningRate`) and what would be valid there. */
export interface Mistake {
  path: string
  message: string
}

/** The error that routes and use cases throw; `error-handler.ts` turns it into problem+json (RFC 9457). */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly mistakes: readonly Mistake[]
  readonly headers: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, string | number>>

  constructor(
    code: ErrorCode,
    message: string,
    details: {
      mistakes?: readonly Mistake[]
      headers?: Record<string, string>
      /** Extension members of the problem (RFC 9457, section 3.2). */
      members?: Record<string, string | number>
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
 * The error for a request with one mistake.
 * @param path of the field, dotted (`optimizer.learningRate`); empty for the body as a whole
 * @param message the end of a sentence that begins with the path: `must be a positive number`
 */
export function invalidRequest(path: string, message: string): AppError {
  return invalidFields([{ path, message }])
}

/** The error for a request that lists all of its mistakes. */
export function invalidFields(mistakes: readonly Mistake[]): AppError {
  const detail = mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')
  return new AppError('invalid_request', detail, { mistakes })
}
