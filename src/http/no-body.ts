import { z } from 'zod'

/** The body of an action without parameters: an empty object, or no body, which Fastify passes as null. */
export const NoBody = z.strictObject({}).nullish()
