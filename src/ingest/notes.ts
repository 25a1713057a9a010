/** Enough for a person to read; a reader that repeats itself by the row must not fill the record. */
const MOST_NOTES = 50
const LONGEST_NOTE = 500

/** What a reader understood of the files, in whole sentences for the person who uploaded them. */
export class Notes {
  readonly #sentences = new Set<string>()

  /** The same sentence counts once. */
  add(sentence: string): void {
    if (this.#sentences.size === MOST_NOTES) return
    this.#sentences.add(sentence.length > LONGEST_NOTE ? `${sentence.slice(0, LONGEST_NOTE)} ...` : sentence)
  }

  get sentences(): string[] {
    return [...this.#sentences]
  }
}
