import type { Problem } from './contract.ts'

/** Every error that the client throws by itself. */
export class ThresherError extends Error {
  override readonly name: string = 'ThresherError'
}

/** The service did not answer: no connection, or it broke. `cause` is the error of `fetch` or of the socket. */
export class ConnectionError extends ThresherError {
  override readonly name: string = 'ConnectionError'
}

/** The service answered with an error. `problem` is its body (RFC 9457), or what the status line says if the body is another. */
export class AnswerError extends ThresherError {
  override readonly name: string = 'AnswerError'
  readonly problem: Problem
  readonly headers: Headers
  /** Milliseconds after which the service accepts the request again, if it names a time. */
  readonly retryAfterMs: number | undefined

  constructor(problem: Problem, headers = new Headers()) {
    super(problem.detail)
    this.problem = problem
    this.headers = headers
    this.retryAfterMs = parseRetryAfter(headers.get('retry-after'))
  }

  get status(): number {
    return this.problem.status
  }

  /** The stable code of the error, for example `invalid_request`. */
  get code(): string {
    return this.problem.code
  }

  /** Every mistake in the request: the path of the field, and what would be right. */
  get errors(): Problem['errors'] {
    return this.problem.errors
  }
}

/** 400, 413, 415 or 422: the request must be changed. */
export class InvalidRequestError extends AnswerError {
  override readonly name = 'InvalidRequestError'
}

/** 401: the key is missing, unknown, expired or revoked. */
export class AuthenticationError extends AnswerError {
  override readonly name = 'AuthenticationError'
}

/** 403: the key does not have the scope that the operation needs. */
export class PermissionError extends AnswerError {
  override readonly name = 'PermissionError'
}

/** 404: there is no such record, or it belongs to another tenant. 410: the file was deleted after its retention period. */
export class NotFoundError extends AnswerError {
  override readonly name = 'NotFoundError'
}

/** 409: the state of the record does not allow the operation. */
export class ConflictError extends AnswerError {
  override readonly name = 'ConflictError'
}

/** 429: too many requests, or a quota is exhausted (`code` is `quota_exceeded`). `retryAfterMs` says when to try again. */
export class LimitError extends AnswerError {
  override readonly name = 'LimitError'
}

/** 5xx. */
export class ServiceError extends AnswerError {
  override readonly name = 'ServiceError'
}

const CLASSES: Record<number, new (problem: Problem, headers?: Headers) => AnswerError> = {
  400: InvalidRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  410: NotFoundError,
  413: InvalidRequestError,
  415: InvalidRequestError,
  422: InvalidRequestError,
  429: LimitError,
}

/** The error of the class that belongs to the status of the problem. */
export function errorOf(problem: Problem, headers?: Headers): AnswerError {
  const Class = CLASSES[problem.status] ?? (problem.status >= 500 ? ServiceError : AnswerError)
  return new Class(problem, headers)
}

/** @returns milliseconds from now, of seconds or an HTTP date (RFC 9110, section 10.2.3) */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now())
}
