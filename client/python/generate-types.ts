/** The part of JSON Schema that the contract uses. */
interface Schema {
  $ref?: string
  type?: string | readonly string[]
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: Schema | boolean
  description?: string
}

/** The answers that the Python client returns as dictionaries. */
const ANSWERS = [
  ...['Job', 'EpochMetrics', 'DryRun', 'TradeoffPoint', 'ManifestEntry', 'KeptCheckpoint'],
  ...['Dataset', 'Model', 'Analysis', 'ListedAnalysis', 'Sweep', 'ListedSweep', 'Worker'],
]

const HEADER = `"""The answers of the service. Generated from openapi.yaml; do not edit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, List, Literal, TypedDict, Union

if sys.version_info >= (3, 11):
    from typing import NotRequired
elif TYPE_CHECKING:
    from typing_extensions import NotRequired
`

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'None',
}

/** A module of Python with a TypedDict for each answer of the client and for every object in it. */
export function generatePythonTypes(document: object): string {
  const { schemas } = (document as { components: { schemas: Record<string, Schema> } }).components
  const classes = new Map<string, string>()

  const named = (name: string): string => {
    const schema = schemas[name]!
    if (!isClass(schema)) return typeOf(schema, name)
    if (!classes.has(name)) declare(name, schema)
    return name
  }

  const declare = (name: string, { properties = {}, required = [] }: Schema): void => {
    // Reserved before its fields are visited, in case one of them contains it.
    classes.set(name, '')
    const fields = Object.entries(properties).map(([field, schema]) => {
      const type = typeOf(schema, name + capitalized(field))
      const line = `    ${field}: ${required.includes(field) ? type : `NotRequired[${type}]`}`
      return schema.description ? `${line}\n    ${docstring(schema.description)}` : line
    })
    classes.set(name, `class ${name}(TypedDict):\n${fields.join('\n') || '    pass'}\n`)
  }

  /** @param name of the class for an object that has no name in the contract */
  const typeOf = (schema: Schema, name: string): string => {
    if (schema.$ref) return named(schema.$ref.split('/').at(-1)!)
    if (schema.const !== undefined) return literal([schema.const])
    if (schema.enum) return literal(schema.enum)
    const alternatives = schema.anyOf ?? schema.oneOf
    if (alternatives) return union(alternatives.map((one, index) => typeOf(one, `${name}${index + 1}`)))
    if (Array.isArray(schema.type)) return union(schema.type.map(type => typeOf({ ...schema, type }, name)))
    if (schema.type === 'array') return `List[${schema.items ? typeOf(schema.items, name) : 'Any'}]`
    if (isClass(schema)) {
      declare(name, schema)
      return name
    }
    if (schema.type === 'object') return `Dict[str, ${valueType(schema, name)}]`
    return PRIMITIVES[schema.type as string] ?? 'Any'
  }

  const valueType = ({ additionalProperties: values }: Schema, name: string) =>
    typeof values === 'object' ? typeOf(values, name) : 'Any'

  for (const name of ANSWERS) named(name)
  return `${HEADER}\n\n${[...classes.values()].join('\n\n')}`
}

const KEYWORDS = new Set(['class', 'continue', 'from', 'import', 'global', 'with', 'in', 'is', 'not'])
const isAttribute = (name: string) => /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name)
/** Whether an object has fields that can be written in the body of a class. */
const isClass = ({ properties }: Schema) =>
  properties !== undefined && Object.keys(properties).every(isAttribute)

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const docstring = (text: string) => `"""${text.replaceAll('\\', '\\\\').replaceAll('"""', "'''")}"""`

function union(types: readonly string[]): string {
  const different = [...new Set(types)]
  return different.length === 1 ? different[0]! : `Union[${different.join(', ')}]`
}

function literal(values: readonly unknown[]): string {
  if (!values.every(value => ['string', 'number', 'boolean'].includes(typeof value))) return 'Any'
  return `Literal[${values.map(toPython).join(', ')}]`
}

function toPython(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return JSON.stringify(value)
}
