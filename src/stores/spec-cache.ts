import type { FixedSpec } from './job-record.ts'

/** Enough for the jobs of one worker, and for those that clients of one api watch closely. */
const MOST_SPECS = 64
/** Of all texts together. The spec that was read last is kept in any case. */
const MOST_CHARACTERS = 4_000_000

/** The parsed fixed parts of the specs that were read last, so that an event of a job does not read and parse its topology again. */
export class SpecCache {
  readonly #specs = new Map<string, { spec: FixedSpec; characters: number }>()
  #characters = 0

  get(jobId: string): FixedSpec | undefined {
    const found = this.#specs.get(jobId)
    if (!found) return undefined
    this.#specs.delete(jobId)
    this.#specs.set(jobId, found)
    return found.spec
  }

  add(jobId: string, text: string): FixedSpec {
    const spec: FixedSpec = JSON.parse(text)
    this.delete(jobId)
    this.#specs.set(jobId, { spec, characters: text.length })
    this.#characters += text.length
    for (const oldest of this.#specs.keys()) {
      const isFull = this.#specs.size > MOST_SPECS || this.#characters > MOST_CHARACTERS
      if (!isFull || oldest === jobId) break
      this.delete(oldest)
    }
    return spec
  }

  delete(jobId: string): void {
    this.#characters -= this.#specs.get(jobId)?.characters ?? 0
    this.#specs.delete(jobId)
  }
}
