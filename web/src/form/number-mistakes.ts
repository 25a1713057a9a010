import { optionOf } from './choose-option.ts'
import type { Bounds, Field } from './form-model.ts'
import { type Json, nameOf, type Path, valueAt } from './path.ts'
import type { Mistake } from './problems.ts'

/** What the contract says against the numbers of a document, for a request that the service checks only when it is sent. */
export function numberMistakes(field: Field, document: Json, path: Path = []): Mistake[] {
  const value = valueAt(document, path)
  if (field.kind === 'object')
    return Object.entries(field.fields).flatMap(([key, one]) => numberMistakes(one, document, [...path, key]))
  if (field.kind === 'choice') {
    const option = field.options[optionOf(field, value)]
    return option ? numberMistakes(option.field, document, path) : []
  }
  if (field.kind !== 'number' || value === undefined) return []
  const message = mistakeOf(value, field.isInteger, field.bounds ?? {})
  return message === undefined ? [] : [{ path: nameOf(path), message }]
}

function mistakeOf(value: Json, isInteger: boolean, bounds: Bounds): string | undefined {
  if (typeof value !== 'number' || (isInteger && !Number.isInteger(value)))
    return `must be a ${isInteger ? 'whole ' : ''}number`
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = bounds
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`
  if (maximum !== undefined && value > maximum) return `must be at most ${maximum}`
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return `must be greater than ${exclusiveMinimum}`
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return `must be less than ${exclusiveMaximum}`
  return undefined
}
