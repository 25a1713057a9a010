import { AnswerError } from '@thresher/client'
import { type Json, valueAt } from './path.ts'

/** Whether the service asks only for fields that a request does not have yet, as it does for a form that nobody has filled in. */
export function lacksOnly(error: Error | undefined, request: Json): boolean {
  if (!(error instanceof AnswerError) || error.errors.length === 0) return false
  return error.errors.every(({ path }) => valueAt(request, path.split('.')) === undefined)
}
