import { listed } from './listed.ts'
import type { Notes } from './notes.ts'
import { losesDigits, lostDigits } from './numerals.ts'

/** With fewer rows, a column could count them by chance. */
const FEWEST_COUNTED = 10

/** Collects facts about the features of a table that the person who uploaded it should know. */
export class TableSurvey {
  readonly #names: readonly string[]
  readonly #first: Float64Array
  readonly #rows: Float64Array
  readonly #varies: Uint8Array
  readonly #skips: Uint8Array
  readonly #inexact = new Map<number, number>()
  readonly #booleans = new Set<number>()

  constructor(names: readonly string[]) {
    this.#names = names
    this.#first = new Float64Array(names.length)
    this.#rows = new Float64Array(names.length)
    this.#varies = new Uint8Array(names.length)
    this.#skips = new Uint8Array(names.length)
  }

  /** The next number of a feature. */
  see(column: number, value: number): void {
    const row = this.#rows[column]!++
    if (row === 0) this.#first[column] = value
    const first = this.#first[column]!
    if (value !== first) this.#varies[column] = 1
    if (value !== first + row) this.#skips[column] = 1
    if (losesDigits(value) && !this.#inexact.has(column)) this.#inexact.set(column, value)
  }

  seeBoolean(column: number): void {
    this.#booleans.add(column)
  }

  describe(notes: Notes): void {
    const having = (test: (column: number) => boolean) => this.#names.filter((_, column) => test(column))
    const constant = having(column => this.#varies[column] === 0)
    if (constant.length > 0)
      notes.add(
        `Constant columns, which carry no information: ${listed(constant)}. Where \`statistics\` lists them, their standard deviation is 1.`,
      )
    const counting = having(
      column =>
        this.#skips[column] === 0 && this.#rows[column]! >= FEWEST_COUNTED && this.#first[column]! <= 1,
    )
    if (counting.length > 0)
      notes.add(
        `Columns that only count the rows: ${listed(counting)}. Leave them out if they are identifiers.`,
      )
    const booleans = having(column => this.#booleans.has(column))
    if (booleans.length > 0) notes.add(`Columns of true and false, read as 1 and 0: ${listed(booleans)}.`)
    for (const [column, value] of this.#inexact)
      notes.add(lostDigits(`Column ${listed([this.#names[column]!])}`, value))
  }
}
