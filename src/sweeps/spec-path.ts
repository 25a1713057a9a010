import { defaultsOf, PRESETS } from '#presets/preset-defaults.ts'

type Fields = Readonly<Record<string, unknown>>

/** The value of a spec at a dotted path, such as `optimizer.mu`; undefined where there is none. */
export function getPath(spec: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    return (value as Fields)[key]
  }, spec)
}

/** A copy of the spec with another value at the path; objects that are missing on the way are made. */
export function setPath<Spec extends object>(spec: Spec, path: string, value: unknown): Spec {
  return set(spec, path.split('.'), value) as Spec
}

function set(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const fields = typeof target === 'object' && target !== null ? (target as Fields) : {}
  const inner = Object.hasOwn(fields, key) ? fields[key] : undefined
  return { ...fields, [key]: set(inner, rest, value) }
}

/** A copy without the fields. */
export function omitFields(spec: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !names.includes(name)))
}

/**
 * The base with the preset's field where the base leaves it out. A preset's fields are never merged with those of a request,
 * so a value inside one needs all of it.
 */
export function withPresetField(base: Fields, field: string): Fields {
  if (base[field] !== undefined) return base
  const preset = getPath(base, 'model.preset')
  if (typeof preset !== 'string' || !Object.hasOwn(PRESETS, preset)) return base
  const value = (defaultsOf(preset as keyof typeof PRESETS, base) as Fields)[field]
  return value === undefined ? base : { ...base, [field]: value }
}
