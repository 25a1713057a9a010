import type { FieldProps } from './field-props.ts'
import type { WordsField } from './form-model.ts'
import { OneLine } from './one-line.tsx'
import type { Json } from './path.ts'
import { numberOrText } from './words.ts'

/** One line for a word or a number, or for several with commas between them. */
export function WordsInput({ path, field }: FieldProps<WordsField>) {
  const parse = (text: string) =>
    field.allowsList && text.includes(',') ? text.split(',').map(wordOf) : numberOrText(text)
  return <OneLine {...{ path, field, textOf, parse }} />
}

function wordOf(text: string): number | string {
  return numberOrText(text) ?? ''
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value)
}
