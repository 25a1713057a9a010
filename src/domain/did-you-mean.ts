import { closest, distance } from 'fastest-levenshtein'

const MOST_LISTED = 24

/** ` Did you mean "batchSize"?`, or an empty string if no known word is similar. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0 || word.length > 100) return ''
  const lower = (text: string) => text.toLowerCase()
  const nearest = known.find(other => lower(other) === lower(closest(lower(word), known.map(lower))))!
  // At most a third of the letters may differ; with more, unrelated words would be suggested.
  const isNear = distance(lower(word), lower(nearest)) <= Math.ceil(word.length / 3)
  return isNear ? ` Did you mean "${nearest}"?` : ''
}

/** The words, separated by commas; of a long list, the first ones and the number of the others. */
export function listed(words: readonly unknown[]): string {
  const shown = words.slice(0, MOST_LISTED).join(', ')
  return words.length > MOST_LISTED ? `${shown} and ${words.length - MOST_LISTED} more` : shown
}
