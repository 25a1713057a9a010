import type { Tensor } from '@tensorflow/tfjs-core'

/**
 * The linear pieces that piecewise linear layers are on at one point of weight space. A later pass with the same pieces stays on them, so
 * its output is a smooth function of the weights, with the derivatives that the network has at that point.
 */
export class LinearPieces {
  readonly #recorded: Tensor[][] = []
  #next = 0

  /** Begins a pass, in which the layers find their pieces in the order of the first one. */
  rewind(): void {
    this.#next = 0
  }

  /** What describes the piece of the next layer. @param find is called in the first pass only */
  take(find: () => Tensor[]): Tensor[] {
    const place = this.#next++
    this.#recorded[place] ??= find()
    return this.#recorded[place]
  }
}
