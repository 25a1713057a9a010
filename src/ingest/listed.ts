const MOST_NAMES = 20
const LONGEST_NAME = 60

/** Names for a message, shortened to what a person would read. */
export function listed(names: readonly string[], quote = '"'): string {
  const some = names.slice(0, MOST_NAMES).map(name => `${quote}${shortened(name)}${quote}`)
  const more = names.length - some.length
  return more > 0 ? `${some.join(', ')} and ${more} more` : some.join(', ')
}

/** A value from a file, shortened for a message. */
export function shortened(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}...` : text
}
