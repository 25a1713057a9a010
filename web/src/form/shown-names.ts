import { optionOf } from './choose-option.ts'
import type { Field } from './form-model.ts'
import { type Json, nameOf, type Path, valueAt } from './path.ts'

/** The names of all fields that a form shows for a document: only those of the chosen options, and entries that exist. */
export function shownNames(field: Field, document: Json | undefined, path: Path = []): string[] {
  const own = path.length > 0 ? [nameOf(path)] : []
  if (field.kind === 'object')
    return [
      ...own,
      ...Object.entries(field.fields).flatMap(([key, one]) => shownNames(one, document, [...path, key])),
    ]
  if (field.kind === 'choice') {
    const option = field.options[optionOf(field, valueAt(document, path))]
    return option ? [...own, ...shownNames(option.field, document, path).slice(own.length)] : own
  }
  return own
}
