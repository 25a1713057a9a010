import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import type { FieldProps } from './field-props.ts'
import { useForm } from './form-context.ts'
import type { ObjectField } from './form-model.ts'
import { ObjectFields } from './object-fields.tsx'
import { useField } from './use-field.ts'
import { plainText } from './words.ts'

interface SectionProps extends FieldProps<ObjectField> {
  View: ComponentType<FieldProps>
}

/** The fields of an object, folded unless nearly everyone needs them. A mistake in one of them unfolds it. */
export function Section(props: SectionProps) {
  const { name, label, value } = useField(props.path, props.field)
  const { mistakes } = useForm()
  const [isOpened, setOpened] = useState(false)
  if (props.unfolded)
    return (
      <fieldset class="section">
        <legend>{label}</legend>
        <SectionFields {...props} />
      </fieldset>
    )
  const hasMistake = [...mistakes.keys()].some(key => key === name || key.startsWith(`${name}.`))
  return (
    <details
      class="section"
      open={isOpened || hasMistake}
      onToggle={({ currentTarget }) => setOpened(currentTarget.open)}
    >
      <summary>
        {label} {value !== undefined && <span class="tag">set</span>}
      </summary>
      <SectionFields {...props} />
    </details>
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
