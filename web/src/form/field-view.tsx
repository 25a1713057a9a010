import { ChoiceInput } from './choice-input.tsx'
import type { FieldProps } from './field-props.ts'
import { JsonInput } from './json-input.tsx'
import { ListInput } from './list-input.tsx'
import { MapInput } from './map-input.tsx'
import { Section } from './section.tsx'
import { SelectInput } from './select-input.tsx'
import { TextInput } from './text-input.tsx'
import { WordsInput } from './words-input.tsx'

/** The input of one field of a form, by the kind of its value. */
export function FieldView({ path, field, required = false, unfolded = false }: FieldProps) {
  switch (field.kind) {
    case 'object':
      return <Section path={path} field={field} unfolded={unfolded} View={FieldView} />
    case 'choice':
      return <ChoiceInput path={path} field={field} required={required} View={FieldView} />
    case 'words':
      return <WordsInput path={path} field={field} />
    case 'list':
      return <ListInput path={path} field={field} View={FieldView} />
    case 'map':
      return <MapInput path={path} field={field} />
    case 'enum':
    case 'boolean':
      return <SelectInput path={path} field={field} required={required} />
    case 'number':
    case 'text':
      return <TextInput path={path} field={field} required={required} />
    case 'json':
      return <JsonInput path={path} field={field} />
  }
}
