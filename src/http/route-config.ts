import type { z } from 'zod'
import type { Scope } from '#access/scope.ts'
import type { ErrorCode } from '#domain/error.ts'

/** Facts about a route that hooks and the OpenAPI document read from its `config`. */
export interface RouteConfig {
  /** The scope that a key needs. Every route has one, unless it is public. */
  scope?: Scope
  /** Answered without a key. */
  public?: true
  /** Answered only to keys of the default tenant. */
  operatorOnly?: true
  /** Opens a stream, for which a ticket in the query stands for a key. */
  acceptsTicket?: true
  /** Creates a job, a dataset or a model: refused while a store is nearly full. */
  storesData?: true
  /** Not counted by rate limits. */
  unlimited?: true
  /** Answered even while the process is overloaded. */
  answersUnderLoad?: true
  /** For the document: the errors of the route, besides those that follow from its schema and from the other facts. */
  problems?: readonly ErrorCode[]
  /** For the document: the path parameter that stands for the resource that the route creates, and whose value is the `id` of the answer. */
  creates?: string
  /** Bodies that the handler parses itself, by media type. A body that Fastify parses is in `schema.body` instead. */
  bodies?: Readonly<Record<string, z.ZodType>>
}

/** Gives a route's `config` its type, which Fastify leaves open. */
export function routeConfig(config: RouteConfig): RouteConfig {
  return config
}

export function configOf({ config }: { config?: unknown }): RouteConfig {
  return config ?? {}
}
