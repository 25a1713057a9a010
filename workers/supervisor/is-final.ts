import { AppError } from '#domain/error.ts'
import { RefusedEvent } from '#domain/job.ts'
import { FormatError } from '#formats/format-error.ts'
import { isLost } from './fetch-checkpoint.ts'

/** Whether reading or storing a job's files would fail again, no matter how long the job waits. */
export function isFinal(error: Error): boolean {
  const isAnswer = [RefusedEvent, AppError, FormatError].some(kind => error instanceof kind)
  return isAnswer || isLost(error) || isMissingFile(error) || isDefect(error)
}

/** Missing folders are created, so this means that a file was deleted. */
function isMissingFile(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT'
}

/** Whether the error is a defect of the program: errors of a disk, a store or the network have a code or a cause. */
function isDefect(error: Error): boolean {
  const kinds = [TypeError, RangeError, ReferenceError, SyntaxError]
  return kinds.some(kind => error instanceof kind) && !('code' in error) && error.cause === undefined
}
