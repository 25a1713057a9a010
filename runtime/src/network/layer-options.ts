import type { Margins } from '../graph.ts'
import { ModelError } from '../model-error.ts'
import type { Padding, Sides } from './windows.ts'

const MAX_SIZE = 1_000_000

/** The options of a layer, as JSON. Each is checked when it is read; the errors name the layer and the option. */
export class LayerOptions {
  readonly type: string
  readonly name: string
  readonly #options: Readonly<Record<string, unknown>>

  constructor(options: Readonly<Record<string, unknown>>) {
    this.type = String(options.type)
    this.name = String(options.name)
    this.#options = options
  }

  /** @throws ModelError that names the layer */
  refuse(problem: string): never {
    throw new ModelError(`layer "${this.name}" (${this.type}) ${problem}`)
  }

  has(option: string): boolean {
    return this.#options[option] !== undefined
  }

  number(option: string): number {
    const value = this.#options[option]
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#refuse(option, 'a number')
  }

  /** @param absent the value of an option that is not given; without it, the option is required */
  size(option: string, absent?: number): number {
    const value = this.#options[option] ?? absent
    return isWhole(value, 1) ? value : this.#refuse(option, 'a whole number from 1')
  }

  flag(option: string, absent = false): boolean {
    const value = this.#options[option] ?? absent
    return typeof value === 'boolean' ? value : this.#refuse(option, 'true or false')
  }

  choice<Word extends string>(option: string, words: readonly Word[]): Word {
    const value = this.#options[option]
    return words.find(word => word === value) ?? this.#refuse(option, `one of ${words.join(', ')}`)
  }

  padding(): Padding {
    return this.has('padding') ? this.choice('padding', ['same', 'valid']) : 'valid'
  }

  /** One length for both sides of an image, or [height, width]. */
  sides(option: string, absent?: Sides): Sides {
    const value = this.#options[option] ?? absent
    const [height, width, ...more]: unknown[] = Array.isArray(value) ? value : [value, value]
    if (isWhole(height, 1) && isWhole(width, 1) && more.length === 0) return [height, width]
    return this.#refuse(option, 'a whole number from 1, or two')
  }

  /** A number of rows and columns for all sides of an image, or [[top, bottom], [left, right]]. */
  margins(option: string): Margins {
    const value = this.#options[option]
    const lines: unknown[] = Array.isArray(value) ? value.flat() : Array(4).fill(value)
    const [top, bottom, left, right] = lines as [number, number, number, number]
    if (lines.length === 4 && lines.every(count => isWhole(count, 0))) return { top, bottom, left, right }
    return this.#refuse(option, 'a whole number from 0, or two pairs')
  }

  /** One number for all channels, or one for each. */
  perChannel(option: string, channels: number): number[] {
    const value = this.#options[option]
    const values: unknown[] = Array.isArray(value) ? value : [value]
    if (values.every(Number.isFinite) && [1, channels].includes(values.length)) return values as number[]
    return this.#refuse(option, `a number, or a list of ${channels}`)
  }

  /** A shape of `count` elements, of which one length may be -1: it is inferred from the others. */
  lengths(option: string, count: number): number[] {
    const value = this.#options[option]
    const lengths: unknown[] = Array.isArray(value) ? value : [value]
    const known = lengths.filter(length => length !== -1) as number[]
    const rest = count / known.reduce((product, length) => product * length, 1)
    const isWholeShape = known.every(length => isWhole(length, 1)) && lengths.length - known.length <= 1
    if (isWholeShape && (known.length === lengths.length ? rest === 1 : isWhole(rest, 1)))
      return lengths.map(length => (length === -1 ? rest : (length as number)))
    return this.#refuse(option, `a shape of ${count} elements`)
  }

  #refuse(option: string, expected: string): never {
    return this.refuse(`must have ${expected} as ${option}, not ${JSON.stringify(this.#options[option])}`)
  }
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_SIZE
}
