/** The keys that lead to a value in a JSON document. Array entries have numbers. */
export type Path = readonly (string | number)[]

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The form in which the service names a field: `optimizer.c`, `augmentation.0.padding`. */
export function nameOf(path: Path): string {
  return path.join('.')
}

export function valueAt(document: Json | undefined, path: Path): Json | undefined {
  let value: Json | undefined = document
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, Json>)[key]
  }
  return value
}

/**
 * A copy of the document with another value at the path; undefined removes it. Missing objects and arrays on the way are made. Objects
 * that a removal leaves empty remain, because an empty object can mean something else than a missing one.
 */
export function withValue(document: Json | undefined, path: Path, value: Json | undefined): Json | undefined {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (typeof key === 'number') return withEntry(document, key, rest, value)
  const copy = { ...(isObject(document) ? document : {}) }
  const inner = withValue(copy[key], rest, value)
  if (inner === undefined) delete copy[key]
  else copy[key] = inner
  return copy
}

function withEntry(document: Json | undefined, index: number, rest: Path, value: Json | undefined): Json {
  const copy = Array.isArray(document) ? [...document] : []
  const inner = withValue(copy[index], rest, value)
  if (inner === undefined) copy.splice(index, 1)
  else copy[index] = inner
  return copy
}

/** As `withValue`, for a change in a form: an object that loses its last field is removed as well. */
export function edited(document: Json, path: Path, value: Json | undefined): Json {
  const changed = withValue(document, path, value) ?? {}
  const around = path.slice(0, -1)
  const rest = valueAt(changed, around)
  const isEmptied =
    value === undefined && around.length > 0 && isObject(rest) && Object.keys(rest).length === 0
  return isEmptied ? edited(changed, around, undefined) : changed
}

export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
