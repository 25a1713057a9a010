import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import type { AppError } from '#domain/error.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'

/** Validates every part of a request by its zod schema. The error lists every mistake. */
export const validateByZod: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  data => {
    try {
      return { value: parseByZod(schema, data) }
    } catch (error) {
      return { error: error as AppError }
    }
  }
