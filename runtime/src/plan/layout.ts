import type { Pitches, Size } from './planes.ts'

/**
 * Decides the pitches of values. A product computes all positions of a channel in one row, so the values that it reads, adds and writes
 * need the same pitches of rows and of images: those of the largest of them.
 */
export class Layout {
  readonly lanes: number
  readonly #images: number
  readonly #parents = new Map<string, string>()
  readonly #sizes = new Map<string, { height: number; width: number }>()

  /** @param images in a batch. @param lanes of a vector */
  constructor(images: number, lanes: number) {
    this.#images = images
    this.lanes = lanes
  }

  add(value: string, { height, width }: Size): void {
    this.#parents.set(value, value)
    this.#sizes.set(value, { height, width })
  }

  /** Gives both values the same pitches. */
  join(a: string, b: string): void {
    const [first, second] = [this.#root(a), this.#root(b)]
    if (first === second) return
    const [one, other] = [this.#sizes.get(first)!, this.#sizes.get(second)!]
    this.#parents.set(second, first)
    this.#sizes.set(first, {
      height: Math.max(one.height, other.height),
      width: Math.max(one.width, other.width),
    })
  }

  pitchesOf(value: string): Pitches {
    const { height, width } = this.#sizes.get(this.#root(value))!
    return { rowPitch: width, imagePitch: this.#images === 1 ? 0 : height * width }
  }

  #root(value: string): string {
    const parent = this.#parents.get(value)!
    return parent === value ? value : this.#root(parent)
  }
}
