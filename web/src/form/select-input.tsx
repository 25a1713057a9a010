import { FormField } from '../components/form-field.tsx'
import type { FieldProps } from './field-props.ts'
import { useForm } from './form-context.ts'
import type { Json } from './path.ts'
import { useField } from './use-field.ts'
import { plainText, shortValue } from './words.ts'

const ANSWERS = [true, false]

/** A choice among a few words, or between yes and no, and the default of the service. */
export function SelectInput({ path, field, required }: FieldProps) {
  const { name, label, value, usual, error, set } = useField(path, field)
  const labels = useForm().suggestions[name]
  const values: readonly Json[] = field.kind === 'enum' ? field.values : ANSWERS
  const index = value === undefined ? '' : String(values.indexOf(value))
  return (
    <FormField label={label} hint={plainText(field.description)} error={error}>
      {attributes => (
        <select
          {...attributes}
          name={name}
          value={index}
          onChange={({ currentTarget }) =>
            set(currentTarget.value === '' ? undefined : values[Number(currentTarget.value)])
          }
        >
          {!(required && value !== undefined) && (
            <option value="">
              {usual !== undefined ? `Default: ${wordOf(usual)}` : required ? 'Choose…' : 'Default'}
            </option>
          )}
          {index === '-1' && <option value="-1">{shortValue(value)}</option>}
          {values.map((one, position) => (
            <option key={String(one)} value={String(position)}>
              {labels?.find(({ value }) => value === one)?.label ?? wordOf(one)}
            </option>
          ))}
        </select>
      )}
    </FormField>
  )
}

function wordOf(value: Json): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return shortValue(value)
}
