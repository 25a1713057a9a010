import type { Json } from '../../form/path.ts'

export interface SpecDifference {
  /** The path of the field, for example `optimizer.c`. */
  path: string
  /** One value for each spec; undefined where the spec does not have the field. */
  values: (Json | undefined)[]
}

/** The paths whose values differ between the specs, in the order in which they first appear. */
export function specDifferences(specs: readonly Json[]): SpecDifference[] {
  const flat = specs.map(spec => new Map(leaves(spec)))
  const paths = new Set(flat.flatMap(leaf => [...leaf.keys()]))
  return [...paths]
    .map(path => ({ path, values: flat.map(leaf => leaf.get(path)) }))
    .filter(({ values }) => new Set(values.map(value => JSON.stringify(value))).size > 1)
}

/** Objects are taken apart; lists are compared as a whole, because an entry that is inserted would shift all others. */
function leaves(value: Json, path = ''): [string, Json][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  const entries = Object.entries(value)
  if (entries.length === 0) return [[path, value]]
  return entries.flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
}
