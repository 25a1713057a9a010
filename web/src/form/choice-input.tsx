import type { ComponentType } from 'preact'
import { FormField } from '../components/form-field.tsx'
import { chosen, optionOf, startOf } from './choose-option.ts'
import type { FieldProps } from './field-props.ts'
import type { ChoiceField } from './form-model.ts'
import { JsonInput } from './json-input.tsx'
import { useField } from './use-field.ts'
import { labelOf, shortValue } from './words.ts'

interface ChoiceInputProps extends FieldProps<ChoiceField> {
  View: ComponentType<FieldProps>
}

/** One of several forms of a value, such as the optimizers: a select, and the fields of the chosen form. */
export function ChoiceInput({ path, field, required, View }: ChoiceInputProps) {
  const { name, label, value, usual, error, set } = useField(path, field)
  const index = optionOf(field, value)
  const option = field.options[index]
  const select = (to: string) => {
    const next = field.options[Number(to)]
    if (to === '' || !next) set(undefined)
    else set(next.field.kind === 'object' ? chosen(next, value, usual) : startOf(next.field))
  }
  return (
    <div class="choice">
      <FormField label={label} hint={option?.description ?? field.description} error={error}>
        {attributes => (
          <select
            {...attributes}
            name={name}
            value={index < 0 ? '' : String(index)}
            onChange={({ currentTarget }) => select(currentTarget.value)}
          >
            {!(required && index >= 0) && (
              <option value="">{usual === undefined ? 'Default' : `Default: ${shortValue(usual)}`}</option>
            )}
            {field.options.map(({ label }, position) => (
              <option key={label} value={String(position)}>
                {wordOf(label)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      {option ? (
        <ChosenFields path={path} option={option} View={View} />
      ) : (
        value !== undefined && <JsonInput path={path} field={{ kind: 'json' }} />
      )}
    </div>
  )
}

interface ChosenFieldsProps {
  path: FieldProps['path']
  option: ChoiceField['options'][number]
  View: ComponentType<FieldProps>
}

function ChosenFields({ path, option: { field, constants }, View }: ChosenFieldsProps) {
  if (field.kind !== 'object') return field.kind === 'enum' ? null : <View path={path} field={field} />
  const variable = Object.entries(field.fields).filter(([key]) => !(key in constants))
  if (variable.length === 0) return null
  return (
    <div class="fields">
      {variable.map(([key, one]) => (
        <View key={key} path={[...path, key]} field={one} required={field.required.includes(key)} />
      ))}
    </div>
  )
}

/** Names that are part of the interface stay as they are written there; keys become words. */
function wordOf(label: string): string {
  return label === 'id' ? 'Uploaded or registered' : labelOf(label)
}
