import { FormField } from '../components/form-field.tsx'
import type { FieldProps } from './field-props.ts'
import type { Json } from './path.ts'
import { useField } from './use-field.ts'
import { useTyped } from './use-typed.ts'
import { plainText } from './words.ts'

interface OneLineProps extends FieldProps {
  /** For a field without a description. */
  hint?: string
  /** '' for no value. */
  textOf(value: Json | undefined): string
  parse(text: string): Json | undefined
}

/** A value that is written on one line. */
export function OneLine({ path, field, hint, textOf, parse }: OneLineProps) {
  const { name, label, value, usual, error, set } = useField(path, field)
  const typed = useTyped(value, textOf)
  return (
    <FormField label={label} hint={plainText(field.description) ?? hint} error={error}>
      {attributes => (
        <input
          {...attributes}
          name={name}
          autoComplete="off"
          spellcheck={false}
          value={typed.text}
          placeholder={textOf(usual)}
          onInput={({ currentTarget: { value: text } }) => {
            const next = parse(text)
            typed.remember(text, next)
            set(next)
          }}
        />
      )}
    </FormField>
  )
}
