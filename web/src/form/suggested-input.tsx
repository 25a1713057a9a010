import type { JSX } from 'preact'
import type { Suggestion } from './form-context.ts'
import type { Json } from './path.ts'
import { shortValue } from './words.ts'

interface SuggestedInputProps {
  attributes: JSX.HTMLAttributes<HTMLSelectElement>
  name: string
  suggestions: readonly Suggestion[]
  value: Json | undefined
  usual: Json | undefined
  set(value: Json | undefined): void
}

/** A choice among the records that the service has. A value that is none of them remains selectable. */
export function SuggestedInput({ attributes, name, suggestions, value, usual, set }: SuggestedInputProps) {
  const isKnown = value === undefined || suggestions.some(one => one.value === value)
  return (
    <select
      {...attributes}
      name={name}
      value={value === undefined ? '' : String(value)}
      onChange={({ currentTarget }) => set(currentTarget.value || undefined)}
    >
      <option value="">{usual === undefined ? 'None' : `Default: ${shortValue(usual)}`}</option>
      {!isKnown && <option value={String(value)}>{shortValue(value)}</option>}
      {suggestions.map(({ value: id, label }) => (
        <option key={id} value={id}>
          {label}
        </option>
      ))}
    </select>
  )
}
