import { FormField } from '../components/form-field.tsx'
import { parseJson } from './parse-json.ts'
import type { Json } from './path.ts'
import { useTyped } from './use-typed.ts'

interface JsonTextProps {
  label: string
  name: string
  hint?: string | undefined
  error?: string | undefined
  rows: number
  value: Json | undefined
  placeholder?: string
  /** A text with a mistake, to be corrected: shown in place of the first value. */
  first?: string | undefined
  set(value: Json | undefined): void
}

/** A value as JSON. What is not JSON yet stays in the input, with the place of the mistake, and does not change the value. */
export function JsonText(props: JsonTextProps) {
  const { label, name, hint, error, rows, value, placeholder = '', first, set } = props
  const typed = useTyped(value, prettyJson, first)
  const mistake = parseJson(typed.text).error
  return (
    <FormField label={label} hint={hint} error={mistake ?? error}>
      {attributes => (
        <textarea
          {...attributes}
          class="mono"
          name={name}
          rows={rows}
          spellcheck={false}
          value={typed.text}
          placeholder={placeholder}
          onInput={({ currentTarget: { value: text } }) => {
            const next = parseJson(text)
            typed.remember(text, next.error === undefined ? next.value : value)
            if (next.error === undefined) set(next.value)
          }}
        />
      )}
    </FormField>
  )
}

function prettyJson(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2)
}
