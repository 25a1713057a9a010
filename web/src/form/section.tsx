import type { ComponentType } from 'preact'
import { Button } from '../components/button.tsx'
import type { FieldProps } from './field-props.ts'
import { Fold } from './fold.tsx'
import type { ObjectField } from './form-model.ts'
import { ObjectFields } from './object-fields.tsx'
import { useField } from './use-field.ts'
import { plainText } from './words.ts'

interface SectionProps extends FieldProps<ObjectField> {
  View: ComponentType<FieldProps>
}

/** The fields of an object, folded unless nearly everyone needs them. */
export function Section(props: SectionProps) {
  const { name, label, value } = useField(props.path, props.field)
  if (props.unfolded)
    return (
      <fieldset class="section">
        <legend>{label}</legend>
        <SectionFields {...props} />
      </fieldset>
    )
  const summary = (
    <>
      {label} {value !== undefined && <span class="tag">set</span>}
    </>
  )
  return (
    <Fold summary={summary} names={[name]}>
      <SectionFields {...props} />
    </Fold>
  )
}

function SectionFields({ path, field, unfolded = false, View }: SectionProps) {
  const { value, error, set } = useField(path, field)
  return (
    <>
      {field.description && <p class="hint">{plainText(field.description)}</p>}
      {error && <p class="field-error">{error}</p>}
      <ObjectFields path={path} fields={field.fields} required={field.required} View={View} />
      {value !== undefined && !unfolded && (
        <Button kind="quiet" onClick={() => set(undefined)}>
          Use the default
        </Button>
      )}
    </>
  )
}
