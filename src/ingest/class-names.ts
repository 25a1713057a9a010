import { FormatError } from '#formats/format-error.ts'
import { shortened } from './listed.ts'
import { parseBoolean, parseNumeral, wholeNumeral } from './numerals.ts'

export const MOST_CLASSES = 10_000
const LONGEST_NAME = 200

/**
 * The names of classes, numbered in the order in which they are found. If the names are given, a label that is a numeral is the index of a
 * name, from 0.
 */
export class ClassNames {
  readonly #numbers = new Map<string, number>()
  readonly #isFixed: boolean

  /** @param given all names, in order */
  constructor(given?: readonly string[]) {
    for (const name of given ?? []) this.#numbers.set(name, this.#numbers.size)
    this.#isFixed = given !== undefined
  }

  /** @param source of the name in errors. @throws FormatError for a name that is not one of those given, or for one name too many */
  numberOf(name: string, source: string): number {
    const number = this.find(name, () => source)
    if (number !== undefined) return number
    throw new FormatError(
      `${source}: "${shortened(name)}" is one class more than the limit of ${MOST_CLASSES}: are these targets?`,
    )
  }

  /** The same, but undefined for one name too many. @throws FormatError for a name that is not one of those given */
  find(name: string, source: () => string): number | undefined {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    if (this.#isFixed) return this.#placeOf(name, source())
    if (name.length > LONGEST_NAME)
      throw new FormatError(
        `${source()}: "${shortened(name)}" has ${name.length} characters; the name of a class may have ${LONGEST_NAME}`,
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
    const hint =
      numeral === undefined ? '' : `; a number has to be the index of a class, from 0 to ${count - 1}`
    throw new FormatError(`${source}: "${shortened(name)}" is not one of the ${count} classes${hint}`)
  }

  /** The names in the order of their final labels, and the final label of each number. */
  settle(): { names: string[]; finalOf: Int32Array } {
    const found = [...this.#numbers.keys()]
    if (this.#isFixed) return { names: found, finalOf: Int32Array.from(found.keys()) }
    const merged = sameNames(found)
    const names = [...new Set(merged)].sort(merged.every(isNumeral) ? byValue : undefined)
    const places = new Map(names.map((name, place) => [name, place]))
    return { names, finalOf: Int32Array.from(merged, name => places.get(name)!) }
  }
}

/** If all are whole numbers, `1` and `1.0` are one class; if all are booleans, `True` and `true` are. Otherwise each text is a class. */
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
      `the largest class is ${last}; the limit is ${MOST_CLASSES} classes: are these targets?`,
    )
  return Array.from({ length: last + 1 }, (_, label) => String(label))
}
