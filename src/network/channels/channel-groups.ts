import { type ChannelPlace, channelsOf } from './channel-rule.ts'
import { ruleOf } from './rules/rules.ts'

/** The channels of every tensor of a network, numbered; position -1 is the network's input. */
export class ChannelGroups {
  readonly #starts: readonly number[]
  readonly #parents: Int32Array
  /** By the first channel of a group. */
  readonly #stays: Uint8Array

  /** Channels that are tied, over any number of layers, are in one group. The network's input and output stay. */
  constructor(places: readonly ChannelPlace[], inputChannels: number) {
    const starts = [0, inputChannels]
    for (const { outputShape } of places) starts.push(starts.at(-1)! + channelsOf(outputShape))
    this.#starts = starts
    this.#parents = Int32Array.from({ length: starts.at(-1)! }, (_, channel) => channel)
    this.#stays = new Uint8Array(starts.at(-1)!)
    for (const [position, place] of places.entries()) this.#link(place, position)
    this.#keepAll(-1)
    this.#keepAll(places.length - 1)
  }

  /** The number of a channel's group. */
  of(position: number, channel: number): number {
    return this.#root(this.#starts[position + 1]! + channel)
  }

  get count(): number {
    return this.#parents.length
  }

  channelsAt(position: number): number {
    return this.#starts[position + 2]! - this.#starts[position + 1]!
  }

  /** Whether a rule requires that a group stays. */
  stays(group: number): boolean {
    return this.#stays[group] === 1
  }

  #link(place: ChannelPlace, position: number): void {
    ruleOf(place.layer).link(place, {
      tie: (input, from, to) => this.#join(this.of(place.inputs[input]!, from), this.of(position, to)),
      keepInput: input => this.#keepAll(place.inputs[input]!),
      keepOutput: () => this.#keepAll(position),
    })
  }

  #keepAll(position: number): void {
    for (let channel = 0; channel < this.channelsAt(position); channel++)
      this.#stays[this.of(position, channel)] = 1
  }

  #join(a: number, b: number): void {
    if (a === b) return
    this.#parents[b] = a
    this.#stays[a]! |= this.#stays[b]!
  }

  #root(channel: number): number {
    let root = channel
    while (this.#parents[root] !== root) {
      // Halves the path, so that later searches are short.
      this.#parents[root] = this.#parents[this.#parents[root]!]!
      root = this.#parents[root]!
    }
    return root
  }
}
