import { FormField } from '../components/form-field.tsx'
import type { FieldProps } from './field-props.ts'
import { isObject, type Json } from './path.ts'
import { useField } from './use-field.ts'
import { useTyped } from './use-typed.ts'
import { plainText } from './words.ts'

/** Words by key, on one line: `team=vision, run=3`. */
export function MapInput({ path, field }: FieldProps) {
  const { name, label, value, error, set } = useField(path, field)
  const typed = useTyped(value, textOf)
  return (
    <FormField
      label={label}
      hint={plainText(field.description) ?? 'For example team=vision, run=3.'}
      error={error}
    >
      {attributes => (
        <input
          {...attributes}
          name={name}
          autoComplete="off"
          spellcheck={false}
          value={typed.text}
          onInput={({ currentTarget: { value: text } }) => {
            typed.remember(text, entriesOf(text))
            set(entriesOf(text))
          }}
        />
      )}
    </FormField>
  )
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
