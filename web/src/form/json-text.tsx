import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { FormField } from '../components/form-field.tsx'
import { parseJson, parseObject } from './parse-json.ts'
import type { Json } from './path.ts'
import { useTyped } from './use-typed.ts'

interface JsonTextProps {
  label: string
  name: string
  hint?: string | undefined
  error?: string | undefined
  rows: number
  value: Json | undefined
  /** Whether every other value, and an empty text, is a mistake. */
  mustBeObject?: boolean
  /** The id of the form that the text belongs to, if it is outside. */
  form?: string
  placeholder?: string
  /** A text with a mistake, to be corrected: shown in place of the first value. */
  first?: string | undefined
  set(value: Json | undefined): void
}

/**
 * A value as JSON. A text that is not such a value stays in the input, with the place of the mistake, until it is corrected or
 * discarded: it does not change the value, and its form is not sent.
 */
export function JsonText({
  label,
  name,
  hint,
  error,
  rows,
  value,
  placeholder,
  set,
  ...rest
}: JsonTextProps) {
  const { mustBeObject = false, form, first } = rest
  const parse = mustBeObject ? parseObject : parseJson
  const typed = useTyped(value, prettyJson)
  const [wrongText, setWrongText] = useState(first)
  const mistake = wrongText === undefined ? undefined : parse(wrongText).error
  return (
    <FormField label={label} hint={hint} error={mistake ?? error}>
      {attributes => (
        <>
          <textarea
            {...attributes}
            class="mono"
            form={form}
            name={name}
            rows={rows}
            spellcheck={false}
            value={wrongText ?? typed.text}
            placeholder={placeholder}
            ref={input => input?.setCustomValidity(mistake ?? '')}
            onInput={({ currentTarget: { value: text } }) => {
              const next = parse(text)
              setWrongText(next.error === undefined ? undefined : text)
              if (next.error !== undefined) return
              typed.remember(text, next.value)
              set(next.value)
            }}
          />
          {mistake && (
            <Button kind="quiet" onClick={() => setWrongText(undefined)}>
              Discard this text
            </Button>
          )}
        </>
      )}
    </FormField>
  )
}

function prettyJson(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2)
}
