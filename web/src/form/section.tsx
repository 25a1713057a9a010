import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import type { FieldProps } from './field-props.ts'
import { useForm } from './form-context.ts'
import type { ObjectField } from './form-model.ts'
import { useField } from './use-field.ts'

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
      {field.description && <p class="hint">{field.description}</p>}
      {error && <p class="field-error">{error}</p>}
      <div class="fields">
        {Object.entries(field.fields).map(([key, one]) => (
          <View key={key} path={[...path, key]} field={one} required={field.required.includes(key)} />
        ))}
      </div>
      {value !== undefined && !unfolded && (
        <Button kind="quiet" onClick={() => set(undefined)}>
          Use the default
        </Button>
      )}
    </>
  )
}
