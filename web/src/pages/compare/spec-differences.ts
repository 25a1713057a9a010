import type { Json } from '../../form/path.ts'

export interface SpecDifference {
  /** The path of the field, for example `optimizer.c`. */
  path: string
  /** One value for each spec; undefined where the spec does not have the field. */
  values: (Json | undefined)[]
}

/** The paths whose values differ between the specs; those of one top-level field are together. */
export function specDifferences(specs: readonly Json[]): SpecDifference[] {
  const flat = specs.map(spec => new Map(leaves(spec)))
  const paths = new Set(flat.flatMap(leaf => [...leaf.keys()]))
  return [...paths]
    .sort(byField(specs))
    .map(path => ({ path, values: flat.map(leaf => leaf.get(path)) }))
    .filter(({ values }) => new Set(values.map(value => JSON.stringify(value))).size > 1)
}

/** Orders paths by their first key, in the order in which the specs have it. The sort is stable. */
function byField(specs: readonly Json[]) {
  const fields = [...new Set(specs.flatMap(spec => Object.keys(spec as object)))]
  const place = (path: string) => fields.indexOf(path.split('.')[0]!)
  return (a: string, b: string) => place(a) - place(b)
}

/** Objects are taken apart; lists are compared as a whole, because an entry that is inserted would shift all others. */
function leaves(value: Json, path = ''): [string, Json][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
}
