import type { Normalization } from '#domain/dataset.ts'

const MOST_CHANNELS = 64
const LEVELS = 256

/** Mean and standard deviation of each channel, the last axis, over everything that was added. Bytes count as fractions of 255. */
export class Moments {
  readonly #channels: number
  /** The count of each byte value per channel: exact, and faster than sums. */
  readonly #histogram: Float64Array | undefined
  /**
   * The sums are of the differences from a channel's first value: exactly zero for a constant channel, and accurate for large values
   * that are close to each other (Chan, Golub and LeVeque 1983, "Algorithms for Computing the Sample Variance", shifted data).
   */
  readonly #shifts: Float64Array
  readonly #sums: Float64Array
  readonly #squares: Float64Array
  #next = 0
  #count = 0
  /** The smallest and the largest number. */
  readonly range: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

  constructor(channels: number, ofBytes: boolean) {
    this.#channels = channels <= MOST_CHANNELS ? channels : 1
    this.#histogram = ofBytes ? new Float64Array(this.#channels * LEVELS) : undefined
    this.#shifts = new Float64Array(this.#channels)
    this.#sums = new Float64Array(this.#channels)
    this.#squares = new Float64Array(this.#channels)
  }

  add(values: Uint8Array | Float32Array): void {
    if (this.#histogram) this.#countBytes(values, this.#histogram)
    else this.#addFloats(values)
    this.#count += values.length
  }

  #countBytes(values: Uint8Array | Float32Array, histogram: Float64Array): void {
    let channel = this.#next
    for (let i = 0; i < values.length; i++) {
      histogram[channel * LEVELS + values[i]!]!++
      if (++channel === this.#channels) channel = 0
    }
    this.#next = channel
  }

  #addFloats(values: Uint8Array | Float32Array): void {
    let channel = this.#next
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (this.#count + i < this.#channels) this.#shifts[channel] = value
      const distance = value - this.#shifts[channel]!
      this.#sums[channel]! += distance
      this.#squares[channel]! += distance * distance
      if (value < this.range[0]) this.range[0] = value
      if (value > this.range[1]) this.range[1] = value
      if (++channel === this.#channels) channel = 0
    }
    this.#next = channel
  }

  /** A constant channel gets 1 as its deviation, so that `normalize` can take it. */
  get normalization(): Normalization {
    this.#foldHistogram()
    const each = this.#count / this.#channels
    const mean = [...this.#sums].map((sum, channel) => this.#shifts[channel]! + sum / each)
    const std = [...this.#squares].map((squares, channel) => {
      const variance = squares / each - (this.#sums[channel]! / each) ** 2
      return variance > 0 ? Math.sqrt(variance) : 1
    })
    return { mean, std }
  }

  /** Those that are the same number everywhere. */
  get constantChannels(): number[] {
    this.#foldHistogram()
    return [...this.#squares.keys()].filter(channel => this.#squares[channel] === 0)
  }

  #foldHistogram(): void {
    if (!this.#histogram) return
    this.#sums.fill(0)
    this.#squares.fill(0)
    for (let channel = 0; channel < this.#channels; channel++) {
      const counts = this.#histogram.subarray(channel * LEVELS, (channel + 1) * LEVELS)
      const first = counts.findIndex(count => count > 0)
      this.#shifts[channel] = first / (LEVELS - 1)
      for (const [level, count] of counts.entries()) {
        const distance = (level - first) / (LEVELS - 1)
        this.#sums[channel]! += count * distance
        this.#squares[channel]! += count * distance * distance
      }
    }
  }
}
