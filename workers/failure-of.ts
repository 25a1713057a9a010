import type { Failure, FailureCode } from '#domain/event.ts'
import { FormatError } from '#formats/format-error.ts'
import { Diverged } from './diverged.ts'

/** What a client is told of an error that ended a training; the same job would meet it again. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  return { code: codeOf(error, message), message, retryable: false }
}

function codeOf(error: unknown, message: string): FailureCode {
  if (error instanceof Diverged) return 'diverged'
  if (error instanceof FormatError) return 'invalid_data'
  // TensorFlow's words, on the host and on a GPU.
  if (/OOM when allocating|ran out of memory|failed to allocate memory/i.test(message)) return 'out_of_memory'
  return 'internal'
}
