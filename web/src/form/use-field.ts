import { useForm } from './form-context.ts'
import type { Field } from './form-model.ts'
import { type Json, nameOf, type Path, valueAt } from './path.ts'
import { labelOf } from './words.ts'

/** The state of the field at a path. */
export function useField(path: Path, field: Field) {
  const { document, usual, mistakes, labels, change } = useForm()
  const name = nameOf(path)
  return {
    name,
    label: labels[name] ?? labelOf(String(path.at(-1))),
    value: valueAt(document, path),
    /** What the service uses if the field is left out. */
    usual: valueAt(usual, path) ?? field.default,
    error: mistakes.get(name)?.join(' '),
    set: (value: Json | undefined) => change(path, value),
  }
}
