/** A limit, so that a reader that adds a note for each row does not fill the record. */
const MOST_NOTES = 50
const LONGEST_NOTE = 500

/** How the files were read, in complete sentences for the person who uploaded them. */
export class Notes {
  readonly #sentences = new Set<string>()

  /** A sentence that was added before is ignored. */
  add(sentence: string): void {
    if (this.#sentences.size === MOST_NOTES) return
    this.#sentences.add(sentence.length > LONGEST_NOTE ? `${sentence.slice(0, LONGEST_NOTE)} ...` : sentence)
  }

  get sentences(): string[] {
    return [...this.#sentences]
  }
}
