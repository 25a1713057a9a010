import type { Contract } from '@thresher/client'

export type JsonSchema = { [keyword: string]: unknown }

/** The properties of the input of a tool. */
export interface InputFields {
  properties: Record<string, JsonSchema>
  required?: readonly string[]
}

/** What an MCP client receives as the schema of a tool's input. */
export interface InputSchema extends JsonSchema {
  type: 'object'
  properties: Record<string, JsonSchema>
}

interface Parameter {
  name: string
  description?: string
  schema: JsonSchema
}

const DEFINITIONS = '#/$defs/'
/** Bounds of JavaScript's integers, which the contract states for every integer. */
const SAFE_INTEGERS: ReadonlySet<unknown> = new Set([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])

/**
 * Reads schemas from the contract that the service sends. Without a contract, because the service does not answer, its schemas accept
 * everything: the service checks each request itself and names every wrong field.
 */
export class Schemas {
  readonly #contract: Contract | undefined

  constructor(contract?: Contract) {
    this.#contract = contract
  }

  /** A reference to a schema of the contract, for a property of an input. */
  component(name: string, description: string): JsonSchema {
    return this.#contract
      ? { $ref: `${DEFINITIONS}${name}`, description }
      : { type: 'object', additionalProperties: true, description }
  }

  /** The parameters of an operation as properties of an input, except those that the service does not know. */
  parameters(path: string, method: string, names: readonly string[]): Record<string, JsonSchema> {
    if (!this.#contract) return Object.fromEntries(names.map(name => [name, {}]))
    const operation = this.#contract.paths[path] as Record<string, { parameters?: Parameter[] }> | undefined
    const found = (operation?.[method]?.parameters ?? []).filter(({ name }) => names.includes(name))
    return Object.fromEntries(
      found.map(({ name, schema, description }) => [
        name,
        simplify({ ...schema, ...(description !== undefined && { description }) }),
      ]),
    )
  }

  /** The schema of an input, with the definitions that it refers to. */
  input({ properties, required = [] }: InputFields): InputSchema {
    const definitions: Record<string, JsonSchema> = {}
    this.#define(properties, definitions)
    const rename = firstOfEqual(definitions)
    const kept = Object.entries(definitions).filter(([name]) => rename(name) === name)
    const $defs = withReferences(Object.fromEntries(kept), rename)
    return {
      type: 'object',
      properties: withReferences(properties, rename),
      ...(required.length > 0 && { required: [...required] }),
      additionalProperties: false,
      ...(Object.keys($defs).length > 0 && { $defs }),
    }
  }

  /** Adds every schema that `value` refers to, directly or through others. */
  #define(value: unknown, into: Record<string, JsonSchema>): void {
    if (typeof value !== 'object' || value === null) return
    const { $ref } = value as { $ref?: unknown }
    if (typeof $ref === 'string' && $ref.startsWith(DEFINITIONS)) {
      const name = $ref.slice(DEFINITIONS.length)
      const schema = this.#contract?.components.schemas[name]
      if (!schema) throw new Error(`The contract of the service has no schema ${name}.`)
      if (into[name]) return
      into[name] = simplify(schema as JsonSchema)
      this.#define(into[name], into)
    } else for (const part of Object.values(value)) this.#define(part, into)
  }
}

/** A schema of OpenAPI as JSON Schema, without what says nothing: each conversation contains it for every tool with a job. */
function simplify<T>(schema: T): T {
  return withReferences(schema, name => name)
}

/** @returns for each name that of the first equal definition: the contract has a name for each use of a schema */
function firstOfEqual(definitions: Record<string, JsonSchema>): (name: string) => string {
  const firstOf = new Map<string, string>()
  const texts = new Map(Object.entries(definitions).map(([name, schema]) => [name, JSON.stringify(schema)]))
  for (const [name, text] of texts) if (!firstOf.has(text)) firstOf.set(text, name)
  return name => firstOf.get(texts.get(name) ?? '') ?? name
}

/** A copy without what says nothing, with references to definitions. @param rename the name of a definition in its references */
function withReferences<T>(schema: T, rename: (name: string) => string): T {
  if (Array.isArray(schema)) return schema.map(part => withReferences(part, rename)) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const fields = Object.entries(schema).filter(([key, value]) => !saysNothing(key, value))
  return Object.fromEntries(
    fields.map(([key, value]) =>
      key === '$ref' && typeof value === 'string'
        ? [key, DEFINITIONS + rename(value.slice(value.lastIndexOf('/') + 1))]
        : [key, withReferences(value, rename)],
    ),
  ) as T
}

/** The mapping of a discriminator repeats the constants of the schemas, and is not part of JSON Schema. */
function saysNothing(key: string, value: unknown): boolean {
  return (
    ((key === 'minimum' || key === 'maximum') && SAFE_INTEGERS.has(value)) ||
    (key === 'discriminator' && typeof value === 'object' && value !== null && 'propertyName' in value)
  )
}
