import { FormatError } from '#formats/format-error.ts'
import { shortened } from './listed.ts'
import { parseBoolean, parseNumeral, wholeNumeral } from './numerals.ts'

export const MOST_CLASSES = 10_000
const LONGEST_NAME = 200

/** The names of classes, numbered as they come up. With names given, a numeral stands for the class at its place, counted from 0. */
export class ClassNames {
  readonly #numbers = new Map<string, number>()
  readonly #isFixed: boolean

  /** @param given all there are, in order */
  constructor(given?: readonly string[]) {
    for (const name of given ?? []) this.#numbers.set(name, this.#numbers.size)
    this.#isFixed = given !== undefined
  }

  /** @param source for errors. @throws FormatError for a name that is none of those given, or one too many */
  numberOf(name: string, source: string): number {
    const number = this.find(name, () => source)
    if (number !== undefined) return number
    throw new FormatError(
      `${source}: "${shortened(name)}" is one class more than ${MOST_CLASSES}: are these targets?`,
    )
  }

  /** The same, undefined for one too many. @throws FormatError for a name that is none of those given */
  find(name: string, source: () => string): number | undefined {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    if (this.#isFixed) return this.#placeOf(name, source())
    if (name.length > LONGEST_NAME)
      throw new FormatError(
        `${source()}: "${shortened(name)}" has ${name.length} characters; the name of a class has ${LONGEST_NAME} at most`,
      )
    const number = this.#numbers.size
    if (number === MOST_CLASSES) return undefined
    this.#numbers.set(name, number)
    return number
  }

  #placeOf(name: string, source: string): number {
    const numeral = wholeNumeral(name)
    const count = this.#numbers.size
    if (numeral !== undefined && Number(numeral) >= 0 && Number(numeral) < count) return Number(numeral)
    const hint = numeral === undefined ? '' : `; numbers stand for their places, from 0 to ${count - 1}`
    throw new FormatError(`${source}: "${shortened(name)}" is none of the ${count} classes${hint}`)
  }

  /** The names in the order of their final labels, and those labels by number. */
  settle(): { names: string[]; finalOf: Int32Array } {
    const found = [...this.#numbers.keys()]
    if (this.#isFixed) return { names: found, finalOf: Int32Array.from(found.keys()) }
    const merged = sameNames(found)
    const names = [...new Set(merged)].sort(merged.every(isNumeral) ? byValue : undefined)
    const places = new Map(names.map((name, place) => [name, place]))
    return { names, finalOf: Int32Array.from(merged, name => places.get(name)!) }
  }
}

/** Where all are whole numbers, `1` and `1.0` are one class; where all are booleans, `True` and `true` are. Else each text is its own. */
function sameNames(found: readonly string[]): string[] {
  const numerals = found.map(wholeNumeral)
  if (numerals.every(numeral => numeral !== undefined)) return numerals
  const areBooleans = found.every(name => parseBoolean(name) !== undefined)
  return found.map(name => (areBooleans ? name.toLowerCase() : name))
}

function isNumeral(name: string): boolean {
  return wholeNumeral(name) !== undefined || (parseNumeral(name) !== undefined && !/^[+-]?0\d/.test(name))
}

function byValue(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1)
}

/** "0", "1", ... */
export function numeralsTo(last: number): string[] {
  if (last >= MOST_CLASSES)
    throw new FormatError(
      `the largest class is ${last}; ${MOST_CLASSES} classes are the most: are these targets?`,
    )
  return Array.from({ length: last + 1 }, (_, label) => String(label))
}
