import { FormField } from '../components/form-field.tsx'
import type { FieldProps } from './field-props.ts'
import { useForm } from './form-context.ts'
import { SuggestedInput } from './suggested-input.tsx'
import { useField } from './use-field.ts'
import { useTyped } from './use-typed.ts'
import { numberOrText, plainText, shortValue } from './words.ts'

/** One line for a number or a text. A text where a number belongs is sent as it is typed, and the service says what is wrong. */
export function TextInput({ path, field, required }: FieldProps) {
  const { name, label, value, usual, error, set } = useField(path, field)
  const suggestions = useForm().suggestions[name]
  const typed = useTyped(value, shownText)
  return (
    <FormField label={label} hint={hintOf(field)} error={error}>
      {attributes =>
        suggestions ? (
          <SuggestedInput {...{ attributes, name, suggestions, value, usual, set }} />
        ) : (
          <input
            {...attributes}
            name={name}
            value={typed.text}
            inputMode={field.kind === 'number' ? 'decimal' : 'text'}
            autoComplete="off"
            spellcheck={false}
            aria-required={required}
            placeholder={shortValue(usual)}
            onInput={({ currentTarget: { value: text } }) => {
              const read = field.kind === 'number' ? numberOrText(text) : text
              const next = read === undefined || read === '' ? (required ? '' : undefined) : read
              typed.remember(text, next)
              set(next)
            }}
          />
        )
      }
    </FormField>
  )
}

function shownText(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}

/** What the field means, or else which numbers it accepts. */
function hintOf(field: FieldProps['field']): string | undefined {
  if (field.description !== undefined || field.kind !== 'number') return plainText(field.description)
  return field.range && `${field.range[0]!.toUpperCase()}${field.range.slice(1)}.`
}
