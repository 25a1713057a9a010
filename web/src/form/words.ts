/** The label of a field: `learningRate` as "Learning rate", `sizeBytes` as "Size in bytes". Symbols such as `c` and `mu` stay. */
export function labelOf(key: string): string {
  const words = key
    .replace(/(Bytes|Seconds)$/, unit => `In${unit}`)
    .replace(/([A-Z])/g, letter => ` ${letter.toLowerCase()}`)
  return words.length < 3 ? words : words[0]!.toUpperCase() + words.slice(1)
}

/** A value in a few characters: words unchanged, objects as their name or as JSON. */
export function shortValue(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

/** A number if the text is one, the text otherwise, and undefined for nothing. The service explains what is wrong with a text. */
export function numberOrText(text: string): number | string | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const number = Number(trimmed)
  return Number.isFinite(number) ? number : trimmed
}

/** A description of the contract without its Markdown. */
export function plainText(description: string): string
export function plainText(description: string | undefined): string | undefined
export function plainText(description: string | undefined): string | undefined {
  return description?.replaceAll('`', '')
}
