import { AppError, invalidRequest } from '#domain/error.ts'
import { locateJsonError } from './locate-json-error.ts'

/** @param firstLine the number of the first line of the text. @throws AppError `malformed_body` with the position of the syntax error */
export function parseJson(text: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformedJson(text, error as Error, firstLine)
  }
}

export function malformedJson(text: string, error: Error, firstLine = 1): AppError {
  if (!locateJsonError(text)) return forbiddenName()
  const message = explainJsonError(text, error, firstLine)
  const mistakes = [{ path: '', message }]
  return new AppError('malformed_body', `The body is not JSON: ${message}`, { mistakes })
}

/** The only valid JSON that the body parser refuses: the name could change the prototype of a copy. */
function forbiddenName(): AppError {
  return invalidRequest('__proto__', 'is not allowed as a name')
}

/** Describes a JSON syntax error with its line and column, both from 1. */
export function explainJsonError(text: string, { message }: Error, firstLine = 1): string {
  const found = locateJsonError(text)
  if (!found) return message
  const before = text.slice(0, found.offset).split('\n')
  return `line ${firstLine + before.length - 1}, column ${before.at(-1)!.length + 1}: ${found.message}`
}
