const MOST_NAMES = 20
const LONGEST_NAME = 60

/** Names in a message: as many, and as much of each, as a person would read. */
export function listed(names: readonly string[], quote = '"'): string {
  const some = names.slice(0, MOST_NAMES).map(name => `${quote}${shortened(name)}${quote}`)
  const more = names.length - some.length
  return more > 0 ? `${some.join(', ')} and ${more} more` : some.join(', ')
}

/** What a file holds in one place, for a message. */
export function shortened(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}...` : text
}
