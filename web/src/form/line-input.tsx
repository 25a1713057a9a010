import { FormField } from '../components/form-field.tsx'
import type { FieldProps } from './field-props.ts'
import type { Field, ListField } from './form-model.ts'
import type { Json } from './path.ts'
import { useField } from './use-field.ts'
import { useTyped } from './use-typed.ts'
import { numberOrText, plainText } from './words.ts'

/** Numbers or names on one line, separated by commas. */
export function LineInput({ path, field }: FieldProps<ListField>) {
  const { name, label, value, usual, error, set } = useField(path, field)
  const typed = useTyped(value, textOf)
  return (
    <FormField label={label} hint={plainText(field.description) ?? 'Separated by commas.'} error={error}>
      {attributes => (
        <input
          {...attributes}
          name={name}
          autoComplete="off"
          spellcheck={false}
          value={typed.text}
          placeholder={textOf(usual)}
          onInput={({ currentTarget: { value: text } }) => {
            typed.remember(text, entriesOf(text, field.item))
            set(entriesOf(text, field.item))
          }}
        />
      )}
    </FormField>
  )
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
