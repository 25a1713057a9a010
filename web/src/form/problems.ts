/** A mistake in a request, as the service names it. */
export interface Mistake {
  path: string
  message: string
}

export interface PlacedMistakes {
  /** By the name of the field that shows them. */
  atFields: ReadonlyMap<string, string[]>
  /** Those of no field that is shown. */
  elsewhere: readonly Mistake[]
}

/** Each mistake at the field that it names, or at the closest field around it that the form shows. */
export function placed(mistakes: readonly Mistake[], shown: ReadonlySet<string>): PlacedMistakes {
  const atFields = new Map<string, string[]>()
  const elsewhere: Mistake[] = []
  for (const { path, message } of mistakes) {
    const field = closest(path, shown)
    if (field === undefined) elsewhere.push({ path, message })
    else
      atFields.set(field, [...(atFields.get(field) ?? []), field === path ? message : `${path}: ${message}`])
  }
  return { atFields, elsewhere }
}

/** The mistakes of no field that is named. */
export function notShown(mistakes: readonly Mistake[], fields: readonly string[]): readonly Mistake[] {
  return mistakes.filter(({ path }) => !fields.includes(path))
}

function closest(path: string, shown: ReadonlySet<string>): string | undefined {
  for (let keys = path.split('.'); keys.length > 0; keys = keys.slice(0, -1)) {
    const name = keys.join('.')
    if (shown.has(name)) return name
  }
  return undefined
}
