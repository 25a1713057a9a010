import type { FieldProps } from './field-props.ts'
import { OneLine } from './one-line.tsx'
import { isObject, type Json } from './path.ts'

/** Words by key, on one line: `team=vision, run=3`. */
export function MapInput({ path, field }: FieldProps) {
  return <OneLine {...{ path, field, textOf, parse: entriesOf }} hint="For example team=vision, run=3." />
}

function entriesOf(text: string): Record<string, string> | undefined {
  const parts = text.split(',').map(part => part.trim())
  const entries = parts.filter(Boolean).map(part => {
    const [key, ...words] = part.split('=')
    return [key!.trim(), words.join('=').trim()]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function textOf(value: Json | undefined): string {
  if (!isObject(value)) return ''
  return Object.entries(value)
    .map(([key, word]) => `${key}=${word}`)
    .join(', ')
}
