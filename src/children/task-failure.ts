import { AppError } from '#domain/error.ts'
import { ChildDied } from './child-died.ts'
import { LimitExceeded } from './limit-exceeded.ts'

const RETRY_AFTER = { 'retry-after': '30' }

/**
 * What a client is told when the process that works for it was ended. Time depends on what else the machine does, so that may be tried
 * again; memory does not.
 *
 * @param what is done: `making model.onnx`
 * @param advice what the client can do when it takes too much
 */
export function taskFailure(error: unknown, what: string, advice = 'try less at a time'): unknown {
  if (error instanceof LimitExceeded) {
    const message = `${what} takes more than ${error.message}, which is the limit; ${advice}`
    if (error.resource === 'seconds')
      return new AppError('unavailable', `${message}, or try again later.`, {
        headers: RETRY_AFTER,
        cause: error,
      })
    return new AppError('limit_exceeded', `${message}.`)
  }
  if (error instanceof ChildDied) {
    const cause = new Error(`${what} ended its process with ${error.message}\n${error.stderrTail}`)
    return new AppError('unavailable', `The process that was ${what} ended; try again.`, {
      headers: RETRY_AFTER,
      cause,
    })
  }
  return error
}
