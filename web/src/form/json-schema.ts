import type { Json } from './path.ts'

/** The part of JSON Schema that the contract of the service uses. */
export interface JsonSchema {
  $ref?: string
  type?: string
  title?: string
  description?: string
  default?: Json
  const?: Json
  enum?: Json[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema | false
  prefixItems?: JsonSchema[]
  oneOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  maxLength?: number
}

/** The schemas of a contract by name, as in `components.schemas` of an OpenAPI document. */
export type Schemas = Record<string, JsonSchema>

const PREFIX = '#/components/schemas/'

/** The schema that a reference names. Words beside the reference, such as a description, replace those of the schema. */
export function resolved(schema: JsonSchema, schemas: Schemas): JsonSchema {
  if (schema.$ref === undefined) return schema
  const { $ref, ...own } = schema
  const named = schemas[$ref.replace(PREFIX, '')]
  if (!named) throw new Error(`The contract has no schema ${$ref}.`)
  return { ...resolved(named, schemas), ...own }
}
