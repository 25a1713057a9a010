import { useState } from 'preact/hooks'
import type { Json } from './path.ts'

type Value = Json | undefined

/**
 * The text of an input: what the user typed, as long as it stands for the value of the field, so that "0.50" does not become "0.5"
 * under the cursor; and the text of the value once it is changed elsewhere.
 */
export function useTyped(value: Value, textOf: (value: Value) => string) {
  const [typed, setTyped] = useState<{ text: string; value: Value }>()
  const isCurrent = typed !== undefined && JSON.stringify(typed.value) === JSON.stringify(value)
  return {
    text: isCurrent ? typed.text : textOf(value),
    remember: (text: string, value: Value) => setTyped({ text, value }),
  }
}
