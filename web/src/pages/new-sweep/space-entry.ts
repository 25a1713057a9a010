import type { Json } from '../../form/path.ts'
import { isObject } from '../../form/path.ts'
import { numberOrText } from '../../form/words.ts'

/** How the values of a field are tried: a list of choices, or a range that is uniform in the logarithm or in the value. */
export const KINDS = ['list', 'log', 'uniform'] as const
export type Kind = (typeof KINDS)[number]

/** An entry of `space` as people type it. */
export interface SpaceEntry {
  kind: Kind
  text: string
}

export function toEntry(value: Json): SpaceEntry {
  const kind = KINDS.find(one => isObject(value) && one in value) ?? 'list'
  const values = isObject(value) ? value[kind] : value
  const text = Array.isArray(values) ? values.map(textOf).join(', ') : ''
  return { kind, text }
}

/** Values between commas; objects and lists as JSON. */
export function fromEntry({ kind, text }: SpaceEntry): Json {
  const values = valuesOf(text)
  return kind === 'list' ? values : { [kind]: values }
}

function valuesOf(text: string): Json[] {
  try {
    return JSON.parse(`[${text}]`) as Json[]
  } catch {
    const parts = text.split(',').map(part => part.trim())
    return parts.filter(Boolean).map(part => numberOrText(part)!)
  }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
