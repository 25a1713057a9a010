import type { RouteOptions } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { problemCodes } from './document-problems.ts'
import { PROBLEM_MEDIA_TYPE, Problem } from './problem.ts'
import { configOf, type RouteConfig } from './route-config.ts'

type Transform = typeof jsonSchemaTransform
type Described = Parameters<Transform>[0]

const PROBLEM = {
  description: 'An error (RFC 9457)',
  content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem } },
}

/** The description of a route in the OpenAPI document: its zod schemas, the facts in its `config`, and its errors. */
export const describeRoute: Transform = document => {
  const { schema, route } = document as Described & { route: RouteOptions }
  if (!schema || schema.hide) return jsonSchemaTransform(document)
  const config = configOf(route)
  const response = { ...(schema.response as object), default: PROBLEM }
  const { url, schema: described } = jsonSchemaTransform({ ...document, schema: { ...schema, response } })
  const bodies = config.bodies && { body: { content: contentOf(config.bodies, document) } }
  const facts = {
    'x-problems': problemCodes(schema, config),
    ...(config.creates && { 'x-creates': config.creates }),
  }
  return { url, schema: { ...described, ...bodies, ...accessOf(config), ...facts } }
}

function accessOf({ public: isPublic, scope, operatorOnly, acceptsTicket }: RouteConfig) {
  if (isPublic) return { security: [] }
  return {
    'x-scope': scope,
    ...(operatorOnly && { 'x-operator-only': true }),
    ...(acceptsTicket && { security: [{ key: [] }, { ticket: [] }] }),
  }
}

function contentOf(bodies: NonNullable<RouteConfig['bodies']>, document: Described) {
  const jsonSchemaOf = (body: z.ZodType) => jsonSchemaTransform({ ...document, schema: { body } }).schema.body
  return Object.fromEntries(
    Object.entries(bodies).map(([mediaType, body]) => [mediaType, { schema: jsonSchemaOf(body) }]),
  )
}
