import { Button } from '../../components/button.tsx'
import { FormField } from '../../components/form-field.tsx'
import { useForm } from '../../form/form-context.ts'
import type { Json } from '../../form/path.ts'
import { useTyped } from '../../form/use-typed.ts'
import { fromEntry, KINDS, type Kind, toEntry } from './space-entry.ts'

interface SpaceRowProps {
  name: string
  value: Json
  /** Of the datalist with the names of fields. */
  listId: string
  /** undefined removes the row. */
  onChange(name: string, value: Json | undefined): void
}

const WORDS: Record<Kind, string> = {
  list: 'a list',
  log: 'a range, logarithmic',
  uniform: 'a range, uniform',
}

const HINTS: Record<Kind, string> = {
  list: 'Choices, for example 0.51, 0.55, 0.6.',
  log: 'From and to, uniform in the logarithm.',
  uniform: 'From and to.',
}

/** A varied field: its name, how its values are chosen, and the values. */
export function SpaceRow({ name, value, listId, onChange }: SpaceRowProps) {
  const { mistakes } = useForm()
  const { kind } = toEntry(value)
  const typed = useTyped(value, now => toEntry(now ?? []).text)
  const error = mistakes.get(`space.${name}`)?.join(' ')
  const set = (kind: Kind, text: string) => {
    const next = fromEntry({ kind, text })
    typed.remember(text, next)
    onChange(name, next)
  }
  return (
    <fieldset class="space-row" aria-label={name}>
      <FormField label="Field">
        {attributes => (
          <input
            {...attributes}
            class="mono"
            list={listId}
            value={name}
            spellcheck={false}
            autoComplete="off"
            onChange={({ currentTarget }) => onChange(currentTarget.value, value)}
          />
        )}
      </FormField>
      <FormField label="Chosen from">
        {attributes => (
          <select
            {...attributes}
            value={kind}
            onChange={({ currentTarget }) => set(currentTarget.value as Kind, typed.text)}
          >
            {KINDS.map(one => (
              <option key={one} value={one}>
                {WORDS[one]}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <Button kind="quiet" label={`Do not vary ${name}`} onClick={() => onChange(name, undefined)}>
        <span aria-hidden="true">×</span>
      </Button>
      <FormField label="Values" hint={HINTS[kind]} error={error}>
        {attributes => (
          <input
            {...attributes}
            name={`space.${name}`}
            value={typed.text}
            spellcheck={false}
            autoComplete="off"
            onInput={({ currentTarget }) => set(kind, currentTarget.value)}
          />
        )}
      </FormField>
    </fieldset>
  )
}
