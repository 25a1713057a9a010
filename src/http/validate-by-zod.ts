import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { AppError, type Mistake } from '#domain/error.ts'

type Issue = z.core.$ZodIssue

/** Validates every part of a request by its zod schema; what is wrong becomes one error that lists every mistake. */
export const validateByZod: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  data => {
    try {
      return { value: parseByZod(schema, data) }
    } catch (error) {
      return { error: error as AppError }
    }
  }

/** @throws AppError `invalid_request` */
export function parseByZod<Value>(schema: z.ZodType<Value>, data: unknown): Value {
  const { data: value, error } = schema.safeParse(data, { error: whatWouldBeRight })
  if (!error) return value
  const mistakes = mistakesOf(error.issues)
  const detail = mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')
  throw new AppError('invalid_request', detail, { mistakes })
}

/** Zod names an unknown key without saying which are known. */
const whatWouldBeRight: z.core.$ZodErrorMap = issue => {
  const shape = (issue.inst as z.ZodObject | undefined)?._zod.def.shape
  if (issue.code !== 'unrecognized_keys' || !shape) return undefined
  return `is not a field here; there is: ${Object.keys(shape).join(', ')}`
}

/** One mistake a path: an unknown key is a mistake of its own, a union tells those of its nearest branch. */
function mistakesOf(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): Mistake[] {
  return issues.flatMap(issue => {
    const path = [...prefix, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => ({
        path: [...path, key].join('.'),
        message: issue.message,
      }))
    }
    if (issue.code === 'invalid_key') return mistakesOf(issue.issues, path)
    if (issue.code === 'invalid_union' && issue.errors.length > 0)
      return mistakesOf(nearestBranch(issue.errors), path)
    return [{ path: path.join('.'), message: issue.message.replace(/^Invalid input: /, '') }]
  })
}

/** The branch of a union that the value came closest to: one that knows all its keys, then the one with fewest mistakes. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const strangers = (branch: readonly Issue[]) =>
    branch.filter(({ code }) => code === 'unrecognized_keys').length
  const ranked = [...branches].sort((a, b) => strangers(a) - strangers(b) || a.length - b.length)
  return ranked[0] ?? []
}
