import { FormField } from '../components/form-field.tsx'
import type { FieldProps } from './field-props.ts'
import type { WordsField } from './form-model.ts'
import type { Json } from './path.ts'
import { useField } from './use-field.ts'
import { useTyped } from './use-typed.ts'
import { numberOrText, plainText } from './words.ts'

/** One line for a word or a number, or for several with commas between them. */
export function WordsInput({ path, field }: FieldProps<WordsField>) {
  const { name, label, value, usual, error, set } = useField(path, field)
  const typed = useTyped(value, textOf)
  return (
    <FormField label={label} hint={plainText(field.description)} error={error}>
      {attributes => (
        <input
          {...attributes}
          name={name}
          autoComplete="off"
          spellcheck={false}
          value={typed.text}
          placeholder={textOf(usual)}
          onInput={({ currentTarget: { value: text } }) => {
            const next =
              field.allowsList && text.includes(',') ? text.split(',').map(wordOf) : numberOrText(text)
            typed.remember(text, next)
            set(next)
          }}
        />
      )}
    </FormField>
  )
}

function wordOf(text: string): number | string {
  return numberOrText(text) ?? ''
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value)
}
