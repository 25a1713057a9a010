import type { ComponentType } from 'preact'
import type { FieldProps } from './field-props.ts'
import { Fold } from './fold.tsx'
import { useForm } from './form-context.ts'
import type { Field } from './form-model.ts'
import { nameOf, type Path, valueAt } from './path.ts'

interface ObjectFieldsProps {
  path: Path
  /** Without the fields that have only one value. */
  fields: Record<string, Field>
  required: readonly string[]
  View: ComponentType<FieldProps>
}

/** The fields of an object: first those that it needs, then the others in a fold. */
export function ObjectFields({ path, fields, required, View }: ObjectFieldsProps) {
  const { document, prominent } = useForm()
  const keys = Object.keys(fields)
  const isShown = (key: string) => required.includes(key) || prominent.has(nameOf([...path, key]))
  const shown = keys.some(isShown) ? keys.filter(isShown) : keys
  const folded = keys.filter(key => !shown.includes(key))
  const view = (key: string) => (
    <View key={key} path={[...path, key]} field={fields[key]!} required={required.includes(key)} />
  )
  const set = folded.filter(key => valueAt(document, [...path, key]) !== undefined)
  const summary = <>More options {set.length > 0 && <span class="tag">{set.length} set</span>}</>
  return (
    <>
      <div class="fields">{shown.map(view)}</div>
      {folded.length > 0 && (
        <Fold summary={summary} names={folded.map(key => nameOf([...path, key]))}>
          <div class="fields">{folded.map(view)}</div>
        </Fold>
      )}
    </>
  )
}
