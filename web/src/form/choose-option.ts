import type { ChoiceField, Field, Option } from './form-model.ts'
import { isObject, type Json } from './path.ts'

/** The index of the option that a value has, or -1. */
export function optionOf({ options }: ChoiceField, value: Json | undefined): number {
  if (value === undefined) return -1
  const byConstants = options.findIndex(({ constants }) => hasConstants(value, constants))
  if (byConstants >= 0) return byConstants
  return options.findIndex(
    ({ field, constants }) => Object.keys(constants).length === 0 && fits(field, value),
  )
}

/** Whether a value does not even try to be one of the options: it is missing, or has none of the keys that differ between them. */
export function isUnchosen({ options }: ChoiceField, value: Json | undefined): boolean {
  if (value === undefined) return true
  const keys = options.flatMap(({ constants }) => Object.keys(constants))
  return isObject(value) && keys.length > 0 && !keys.some(key => key in value)
}

function hasConstants(value: Json, constants: Record<string, Json>): boolean {
  const entries = Object.entries(constants)
  return entries.length > 0 && isObject(value) && entries.every(([key, constant]) => value[key] === constant)
}

function fits(field: Field, value: Json): boolean {
  switch (field.kind) {
    case 'object':
      return isObject(value) && field.required.every(key => key in value) && hasOneOf(field.fields, value)
    case 'choice':
      return optionOf(field, value) >= 0
    case 'enum':
      return field.values.includes(value as string)
    case 'number':
      return typeof value === 'number'
    case 'text':
      return typeof value === 'string'
    case 'list':
      return Array.isArray(value)
    case 'boolean':
      return typeof value === 'boolean'
    default:
      return true
  }
}

function hasOneOf(fields: Record<string, Field>, value: { [key: string]: Json }): boolean {
  const keys = Object.keys(value)
  return keys.length === 0 || keys.some(key => key in fields)
}

/**
 * The value after another option is chosen: the constants of the option, and the fields that it shares with the value before. `usual`
 * is what the service would use; its fields are taken if it has the same constants.
 */
export function chosen(option: Option, before: Json | undefined, usual?: Json): Json {
  const { field, constants } = option
  if (field.kind !== 'object') return startOf(field)
  const known = usual !== undefined && hasConstants(usual, constants) ? (usual as Record<string, Json>) : {}
  const shared = { ...known, ...(isObject(before) ? before : {}), ...constants }
  const kept = Object.entries(shared).filter(([key]) => key in field.fields)
  const missing = field.required
    .filter(key => !(key in shared))
    .map(key => [key, startOf(field.fields[key]!)])
  return Object.fromEntries([...kept, ...missing])
}

/** What an input begins with. A number begins as an empty text, so that the service asks for it. */
export function startOf(field: Field): Json {
  if (field.default !== undefined) return field.default
  switch (field.kind) {
    case 'enum':
      return field.values[0] ?? ''
    case 'boolean':
      return false
    case 'list':
      return []
    case 'number':
    case 'text':
    case 'words':
      return ''
    case 'choice':
      return chosen(field.options[0]!, undefined)
    case 'object':
      return Object.fromEntries(field.required.map(key => [key, startOf(field.fields[key]!)]))
    default:
      return {}
  }
}
