import type { Failure, FailureCode } from '#domain/event.ts'
import { FormatError } from '#formats/format-error.ts'
import { Diverged } from '#workers/training/epoch-metrics.ts'
import { outOfMemory, saysOutOfMemory } from './out-of-memory.ts'

/** The job failure for an error that ended a training. It is not retryable: the same job would fail again. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  if (code === 'internal' && saysOutOfMemory(message)) return outOfMemory(`Memory ran out: ${message}`)
  return { code, message, retryable: false }
}

function codeOf(error: unknown): FailureCode {
  if (error instanceof Diverged) return 'diverged'
  if (error instanceof FormatError) return 'invalid_data'
  return 'internal'
}
