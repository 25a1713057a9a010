/**
 * Normalizes the spelling of a Keras name: `hard_sigmoid` and `hardSigmoid` become `hardsigmoid`. Empty for a value that is not a string.
 */
export function plainWord(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value).replaceAll('_', '').toLowerCase()
    : ''
}

const MOST_QUOTED = 60

/** A client's text for a message, cut if it is long. */
export function quoted(text: string): string {
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}...` : text
}

/** The first few of several names, for a sentence. */
export function listed(names: readonly string[]): string {
  const few = names.slice(0, 3).map(quoted).join(', ')
  return names.length > 3 ? `${few} and ${names.length - 3} more` : few
}
