import type { FieldProps } from './field-props.ts'
import type { Field, ListField } from './form-model.ts'
import { OneLine } from './one-line.tsx'
import type { Json } from './path.ts'
import { numberOrText } from './words.ts'

/** Numbers or names on one line, separated by commas. */
export function LineInput({ path, field }: FieldProps<ListField>) {
  const parse = (text: string) => entriesOf(text, field.item)
  return <OneLine {...{ path, field, textOf, parse }} hint="Separated by commas." />
}

function entriesOf(text: string, item: Field): Json[] | undefined {
  const parts = text.split(',').map(part => part.trim())
  const present = parts.filter(Boolean)
  const entries = item.kind === 'number' ? present.map(part => numberOrText(part)!) : present
  return entries.length > 0 ? entries : undefined
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return ''
  return Array.isArray(value) ? value.join(', ') : JSON.stringify(value)
}
