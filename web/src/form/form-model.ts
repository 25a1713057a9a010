import { type JsonSchema, resolved, type Schemas } from './json-schema.ts'
import type { Json } from './path.ts'

interface Described {
  description?: string
  /** What the service uses if the field is left out. */
  default?: Json
}

export interface ObjectField extends Described {
  kind: 'object'
  fields: Record<string, Field>
  required: readonly string[]
}
export interface ChoiceField extends Described {
  kind: 'choice'
  options: readonly Option[]
}
export type Bounds = Pick<JsonSchema, 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum'>

export interface NumberField extends Described {
  kind: 'number'
  isInteger: boolean
  bounds?: Bounds
  /** For example `> 0, at most 1000`. */
  range?: string
}
export interface ListField extends Described {
  kind: 'list'
  item: Field
}
/** An object whose keys the user chooses, such as labels. */
export interface MapField extends Described {
  kind: 'map'
}
/** A word or a number, or several of them where a list is allowed: the label columns of a table, the checkpoint of a job. */
export interface WordsField extends Described {
  kind: 'words'
  allowsList: boolean
}
interface PlainField extends Described {
  kind: 'boolean' | 'text' | 'json'
}
interface EnumField extends Described {
  kind: 'enum'
  values: readonly (string | number)[]
}
export type Field =
  | ObjectField
  | WordsField
  | ChoiceField
  | NumberField
  | ListField
  | MapField
  | PlainField
  | EnumField

export interface Option {
  label: string
  description?: string
  /** The keys with the only value that they can have in this option, such as `name: "grda"`. */
  constants: Record<string, Json>
  field: Field
}

/** Deeper schemas are edited as JSON; a reference to itself, such as that of a network's topology, would have no end. */
const DEEPEST = 8

/** The form of a value: what a JSON schema says about it, without references and with one entry for each kind of input. */
export function fieldOf(reference: JsonSchema, schemas: Schemas, depth = 0): Field {
  const schema = resolved(reference, schemas)
  const described: Described = {
    ...(schema.description !== undefined && { description: schema.description }),
    ...(schema.default !== undefined && { default: schema.default }),
  }
  const inner = (one: JsonSchema) => fieldOf(one, schemas, depth + 1)
  if (depth > DEEPEST) return { kind: 'json', ...described }
  const alternatives = (schema.oneOf ?? schema.anyOf)?.filter(({ type }) => type !== 'null')
  if (alternatives) return { ...choiceOf(alternatives, schemas, inner), ...described }
  if (schema.enum) return { kind: 'enum', values: schema.enum as (string | number)[], ...described }
  if (schema.const !== undefined) return { kind: 'enum', values: [schema.const as string], ...described }
  return { ...plainOf(schema, inner), ...described }
}

function plainOf(schema: JsonSchema, inner: (schema: JsonSchema) => Field): Field {
  if (schema.type === 'object') return objectOf(schema, inner)
  if (schema.type === 'array')
    return schema.items && isEntry(schema.items)
      ? { kind: 'list', item: inner(schema.items) }
      : { kind: 'json' }
  if (schema.type === 'boolean') return { kind: 'boolean' }
  if (schema.type === 'string') return { kind: 'text' }
  if (schema.type !== 'number' && schema.type !== 'integer') return { kind: 'json' }
  const range = rangeOf(schema)
  return {
    kind: 'number',
    isInteger: schema.type === 'integer',
    ...(range && { range, bounds: boundsOf(schema) }),
  }
}

/** Whether an entry of a list has an input that fits on a line. Pairs, as in the points of a schedule, are edited as JSON. */
function isEntry(schema: JsonSchema): boolean {
  return schema.type !== 'array' && Object.keys(schema).length > 0
}

function objectOf(schema: JsonSchema, inner: (schema: JsonSchema) => Field): Field {
  if (Object.keys(schema.properties ?? {}).length === 0) {
    const { additionalProperties: entry } = schema
    return { kind: typeof entry === 'object' && entry.type === 'string' ? 'map' : 'json' }
  }
  const stored = storedFields(schema.properties!)
  const editable = Object.entries(schema.properties!).filter(([key]) => !stored.has(key))
  return {
    kind: 'object',
    fields: Object.fromEntries(editable.map(([key, property]) => [key, inner(property)])),
    required: schema.required ?? [],
  }
}

/**
 * The fields that only the spec of a stored job has, with those that their description names ("like `sha256` and `clock`"). They are
 * kept, but have no input: nobody types a digest.
 */
function storedFields(properties: Record<string, JsonSchema>): Set<string> {
  const stored = Object.entries(properties).filter(([, { description }]) =>
    description?.startsWith('As in the spec of a job'),
  )
  const named = stored.flatMap(([, { description }]) =>
    [...description!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  )
  return new Set([...stored.map(([key]) => key), ...named])
}

function choiceOf(alternatives: JsonSchema[], schemas: Schemas, inner: (schema: JsonSchema) => Field): Field {
  if (alternatives.length === 1) return inner(alternatives[0]!)
  const fields = alternatives.map(inner)
  if (fields.every(isWords)) return { kind: 'words', allowsList: fields.some(allowsList) }
  const options = alternatives.map((alternative, index) => {
    const schema = resolved(alternative, schemas)
    const field = fields[index]!
    const constants = constantsOf(schema)
    const label = labelOf(schema, constants, index)
    return { label, constants, field, ...(schema.description && { description: schema.description }) }
  })
  return { kind: 'choice', options }
}

function isWords(field: Field): boolean {
  if (field.kind === 'list') return isWords(field.item)
  if (field.kind === 'enum') return field.values.length === 1 && typeof field.values[0] === 'string'
  return field.kind === 'text' || field.kind === 'number' || field.kind === 'words'
}

function allowsList(field: Field): boolean {
  return field.kind === 'list' || (field.kind === 'words' && field.allowsList)
}

function constantsOf({ properties = {} }: JsonSchema): Record<string, Json> {
  const constant = Object.entries(properties).filter(([, property]) => property.const !== undefined)
  return Object.fromEntries(constant.map(([key, property]) => [key, property.const!]))
}

function labelOf(schema: JsonSchema, constants: Record<string, Json>, index: number): string {
  const [constant] = Object.values(constants)
  if (constant !== undefined) return String(constant)
  if (schema.const !== undefined) return String(schema.const)
  const [key] = schema.required ?? Object.keys(schema.properties ?? {})
  return key ?? schema.type ?? `option ${index + 1}`
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): Bounds {
  return {
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(exclusiveMinimum !== undefined && { exclusiveMinimum }),
    ...(exclusiveMaximum !== undefined && { exclusiveMaximum }),
  }
}

function rangeOf(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const from = exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : bounded(minimum, 'at least')
  const to = exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : bounded(maximum, 'at most')
  return [from, to].filter(Boolean).join(', ')
}

/** The bounds of integers that are only those of exact numbers are no help. */
function bounded(value: number | undefined, word: string): string {
  return value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? '' : `${word} ${value}`
}
