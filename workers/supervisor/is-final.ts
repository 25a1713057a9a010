import { AppError } from '#domain/error.ts'
import { RefusedEvent } from '#domain/job.ts'
import { FormatError } from '#formats/format-error.ts'
import { isLost } from './fetch-checkpoint.ts'

/** Whether what failed to read or store a job's files would fail again, however long one waits. */
export function isFinal(error: Error): boolean {
  const isAnswer = [RefusedEvent, AppError, FormatError].some(kind => error instanceof kind)
  return isAnswer || isLost(error) || isMissingFile(error) || isDefect(error)
}

/** Folders are made where they are missing, so it is a file that somebody has removed. */
function isMissingFile(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT'
}

/** An error of the program and not of its surroundings: those come with a code or a cause. */
function isDefect(error: Error): boolean {
  const kinds = [TypeError, RangeError, ReferenceError, SyntaxError]
  return kinds.some(kind => error instanceof kind) && !('code' in error) && error.cause === undefined
}
