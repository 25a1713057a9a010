import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { malformedJson } from './parse-json.ts'

/** Registers the parser of JSON bodies. A route that needs no body accepts an empty one with any content type. */
export function takeJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'ignore')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const charset = charsetOf(request)
    if (!/^(utf-?8|us-ascii)$/i.test(charset))
      done(new AppError('unsupported_media_type', `Send JSON in UTF-8, not in ${charset}.`))
    else if (body === '' && needsNoBody(request)) done(null, undefined)
    else
      parseJson(request, body as string, (error, value) => {
        if (error && body !== '') done(malformedJson(body as string, error))
        else done(error, value)
      })
  })
  app.addContentTypeParser('*', (request, _payload, done) => {
    if (request.headers['content-length'] === '0' && needsNoBody(request)) done(null, undefined)
    else done(new AppError('unsupported_media_type', 'Send the body as application/json.'))
  })
}

function charsetOf({ headers }: FastifyRequest): string {
  return /;\s*charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
}

function needsNoBody({ routeOptions: { schema } }: FastifyRequest): boolean {
  return schema?.body === undefined || (schema.body as z.ZodType).safeParse(undefined).success
}
