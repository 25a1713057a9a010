import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { AppError, invalidFields } from '#domain/error.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'

/** Validates every part of a request by its zod schema. The error lists every mistake. */
export const validateByZod: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  data => {
    try {
      return { value: parseByZod(schema, data) }
    } catch (error) {
      const isQuery = httpPart === 'querystring' && error instanceof AppError
      return { error: isQuery ? namingRepeated(error, data) : (error as AppError) }
    }
  }

/** A parameter that is given twice is parsed as a list, which the schema of one value calls a wrong type. */
function namingRepeated(error: AppError, query: Readonly<Record<string, unknown>>): AppError {
  return invalidFields(
    error.mistakes.map(({ path, message }) => ({
      path,
      message: Array.isArray(query[path]) ? 'must be given once' : message,
    })),
  )
}
