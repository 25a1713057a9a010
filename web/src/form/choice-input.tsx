import type { ComponentType } from 'preact'
import { FormField } from '../components/form-field.tsx'
import { chosen, isUnchosen, optionOf, startOf } from './choose-option.ts'
import type { FieldProps } from './field-props.ts'
import type { ChoiceField, Option } from './form-model.ts'
import { JsonInput } from './json-input.tsx'
import { ObjectFields } from './object-fields.tsx'
import { useField } from './use-field.ts'
import { labelOf, plainText, shortValue } from './words.ts'

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
      <FormField label={label} hint={plainText(option?.description ?? field.description)} error={error}>
        {attributes => (
          <select
            {...attributes}
            name={name}
            value={index < 0 ? '' : String(index)}
            onChange={({ currentTarget }) => select(currentTarget.value)}
          >
            {!(required && index >= 0) && (
              <option value="">
                {usual !== undefined ? `Default: ${shortValue(usual)}` : required ? 'Choose…' : 'Default'}
              </option>
            )}
            {field.options.map((one, position) => (
              <option key={one.label} value={String(position)}>
                {wordOf(one)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      {option ? (
        <ChosenFields path={path} option={option} View={View} />
      ) : (
        !isUnchosen(field, value) && (
          <JsonInput path={path} field={{ kind: 'json' }} label={`${label} as JSON`} />
        )
      )}
    </div>
  )
}

interface ChosenFieldsProps {
  path: FieldProps['path']
  option: Option
  View: ComponentType<FieldProps>
}

function ChosenFields({ path, option: { field, constants }, View }: ChosenFieldsProps) {
  if (field.kind !== 'object') return field.kind === 'enum' ? null : <View path={path} field={field} />
  const fields = Object.fromEntries(Object.entries(field.fields).filter(([key]) => !(key in constants)))
  if (Object.keys(fields).length === 0) return null
  return (
    <div class="inset">
      <ObjectFields path={path} fields={fields} required={field.required} View={View} />
    </div>
  )
}

/** Names that are part of the interface stay unchanged; keys become words. */
function wordOf({ label, constants }: Option): string {
  if (Object.keys(constants).length > 0) return label
  return label === 'id' ? 'Uploaded or registered' : labelOf(label)
}
