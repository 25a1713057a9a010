import type { Normalization } from '#domain/dataset.ts'

const MOST_CHANNELS = 64
const LEVELS = 256

/** Mean and standard deviation of each channel, the last axis, over everything that was added. Bytes count as fractions of 255. */
export class Moments {
  readonly #channels: number
  /** How often each byte came up, a channel: exact, and quicker than sums. */
  readonly #histogram: Float64Array | undefined
  readonly #sums: Float64Array
  readonly #squares: Float64Array
  #next = 0
  #count = 0

  constructor(channels: number, ofBytes: boolean) {
    this.#channels = channels <= MOST_CHANNELS ? channels : 1
    this.#histogram = ofBytes ? new Float64Array(this.#channels * LEVELS) : undefined
    this.#sums = new Float64Array(this.#channels)
    this.#squares = new Float64Array(this.#channels)
  }

  add(values: Uint8Array | Float32Array): void {
    this.#count += values.length
    let channel = this.#next
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (this.#histogram) this.#histogram[channel * LEVELS + value]!++
      else {
        this.#sums[channel]! += value
        this.#squares[channel]! += value * value
      }
      if (++channel === this.#channels) channel = 0
    }
    this.#next = channel
  }

  get normalization(): Normalization {
    this.#foldHistogram()
    const each = this.#count / this.#channels
    const mean = [...this.#sums].map(sum => sum / each)
    const std = [...this.#squares].map((sum, channel) =>
      Math.sqrt(Math.max(0, sum / each - mean[channel]! ** 2)),
    )
    return { mean, std }
  }

  #foldHistogram(): void {
    if (!this.#histogram) return
    this.#sums.fill(0)
    this.#squares.fill(0)
    for (const [place, count] of this.#histogram.entries()) {
      const channel = Math.floor(place / LEVELS)
      const value = (place % LEVELS) / (LEVELS - 1)
      this.#sums[channel]! += count * value
      this.#squares[channel]! += count * value * value
    }
  }
}
