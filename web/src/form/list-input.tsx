import type { ComponentType } from 'preact'
import { Button } from '../components/button.tsx'
import { startOf } from './choose-option.ts'
import type { FieldProps } from './field-props.ts'
import type { ListField } from './form-model.ts'
import { LineInput } from './line-input.tsx'
import type { Json } from './path.ts'
import { useField } from './use-field.ts'
import { plainText } from './words.ts'

interface ListInputProps extends FieldProps<ListField> {
  View: ComponentType<FieldProps>
}

/** A list: boxes to tick where the entries are words, one line for numbers and names, and else an input for each entry. */
export function ListInput({ path, field, View }: ListInputProps) {
  if (field.item.kind === 'enum') return <TickedInput path={path} field={field} />
  if (field.item.kind === 'number' || field.item.kind === 'text')
    return <LineInput path={path} field={field} />
  return <EntriesInput path={path} field={field} View={View} />
}

function TickedInput({ path, field }: FieldProps<ListField>) {
  const { name, label, value, usual, error, set } = useField(path, field)
  const ticked = entriesOf(value ?? usual)
  const words = field.item.kind === 'enum' ? field.item.values : []
  return (
    <fieldset class="field ticks" name={name}>
      <legend>{label}</legend>
      <div class="row">
        {words.map(word => (
          <label key={word} class="inline-field">
            <input
              type="checkbox"
              checked={ticked.includes(word)}
              onChange={({ currentTarget: { checked } }) =>
                set(checked ? [...ticked, word] : ticked.filter(one => one !== word))
              }
            />
            {word}
          </label>
        ))}
      </div>
      {field.description && <p class="hint">{plainText(field.description)}</p>}
      {error && <p class="field-error">{error}</p>}
    </fieldset>
  )
}

function EntriesInput({ path, field, View }: ListInputProps) {
  const { name, label, value, error, set } = useField(path, field)
  const entries = entriesOf(value)
  return (
    <fieldset class="field entries" name={name}>
      <legend>{label}</legend>
      {field.description && <p class="hint">{plainText(field.description)}</p>}
      {entries.map((_, index) => (
        <div key={index} class="entry">
          <View path={[...path, index]} field={field.item} required />
          <Button
            kind="quiet"
            label={`Remove entry ${index + 1} of ${label.toLowerCase()}`}
            onClick={() => set(entries.length > 1 ? entries.filter((_, at) => at !== index) : undefined)}
          >
            <span aria-hidden="true">×</span>
          </Button>
        </div>
      ))}
      {error && <p class="field-error">{error}</p>}
      <div>
        <Button onClick={() => set([...entries, startOf(field.item)])}>Add to {label.toLowerCase()}</Button>
      </div>
    </fieldset>
  )
}

function entriesOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}
