import { FormatError } from '#formats/format-error.ts'

const MOST_CLASSES = 10_000

/** The names of classes, numbered as they come up. A numeral stands for the class at its place, counted from 0. */
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
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    if (this.#isFixed) {
      if (isNumeral(name) && Number(name) < this.#numbers.size) return Number(name)
      throw new FormatError(`${source}: "${name}" is none of the ${this.#numbers.size} classes`)
    }
    const number = this.#numbers.size
    if (number === MOST_CLASSES)
      throw new FormatError(`${source}: "${name}" is one class more than ${MOST_CLASSES}: are these targets?`)
    this.#numbers.set(name, number)
    return number
  }

  /** The names in the order of their final labels, and those labels by number. */
  settle(): { names: string[]; finalOf: Int32Array } {
    const found = [...this.#numbers.keys()]
    if (this.#isFixed) return { names: found, finalOf: Int32Array.from(found.keys()) }
    if (!found.every(isNumeral)) {
      const names = found.toSorted()
      return { names, finalOf: Int32Array.from(found, name => names.indexOf(name)) }
    }
    const labels = found.map(Number)
    return { names: numeralsTo(Math.max(...labels)), finalOf: Int32Array.from(labels) }
  }
}

/** "0", "1", ... */
export function numeralsTo(last: number): string[] {
  if (last >= MOST_CLASSES)
    throw new FormatError(
      `the largest class is ${last}; ${MOST_CLASSES} classes are the most: are these targets?`,
    )
  return Array.from({ length: last + 1 }, (_, label) => String(label))
}

function isNumeral(name: string): boolean {
  return /^(0|[1-9]\d{0,8})$/.test(name)
}
