import { AppError } from '#domain/error.ts'
import { ChildDied } from './child-died.ts'
import { LimitExceeded } from './limit-exceeded.ts'

const RETRY_AFTER = { 'retry-after': '30' }

/**
 * The client's error for a task whose process ended or was killed at a limit. A task that took too long may be tried again, because its
 * time depends on the load of the machine; one that took too much memory may not.
 * @param what the activity, e.g. `making model.onnx`
 * @param advice the remedy for a task that takes too much
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
