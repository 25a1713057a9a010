import type { PlacedLayer } from '#network/place-layers.ts'
import type { Shape } from '#network/shape.ts'
import type { LayerType } from '#network/topology.ts'

/** Channels are the elements of the last axis of a tensor: filters, units or features. */

/** The value of each channel that is the same for every example and at every position; NaN for a channel that varies. */
export type Constants = Float64Array

/** A layer with its tensors. */
export interface ChannelPlace<Type extends LayerType = LayerType> extends PlacedLayer<Type> {
  /** One for each input. */
  inputShapes: readonly Shape[]
  /** The values of a variable or statistic by the last part of its name; undefined for one that the layer does not have. */
  tensor(word: string): Float32Array | undefined
}

/** Which channels of one tensor are the same as channels of another: they go together or not at all. */
export interface Links {
  /** Output `to` is made of channel `from` of an input alone. */
  tie(input: number, from: number, to: number): void
  /** Every channel of an input stays. */
  keepInput(input: number): void
  /** Every channel of the output stays. */
  keepOutput(): void
}

/** What is known about the channels of the inputs, and which channels of the output are used. */
export interface Uses {
  constants: readonly Constants[]
  /** 1 for each channel of the output whose values are used. */
  outputs: Uint8Array
}

/** Which channels remain. */
export interface Remaining extends Uses {
  /** Those of each input, ascending. */
  keptInputs: readonly Uint32Array[]
  /** Ascending. */
  keptOutputs: Uint32Array
  /** 1 for each channel of an input whose values are used. The values of others may change, because a tie alone keeps them. */
  inputs: readonly Uint8Array[]
}

/** The options of the smaller layer that differ, and its values that differ, by the last part of their names. */
export interface Shrunk {
  options: object
  tensors: Readonly<Record<string, Float32Array>>
}

/** How the channels of a layer depend on those of its inputs. */
export interface ChannelRule<Type extends LayerType = LayerType> {
  link(place: ChannelPlace<Type>, links: Links): void
  /** Those of the output. */
  constants(place: ChannelPlace<Type>, inputs: readonly Constants[]): Constants
  /** Calls `use` with the channels of each input whose values the used outputs need. A constant that `shrink` moves into a bias is not needed. */
  uses(place: ChannelPlace<Type>, uses: Uses, use: (input: number, channel: number) => void): void
  shrink(place: ChannelPlace<Type>, remaining: Remaining): Shrunk
}

/** One rule for each type of a category. */
export type ChannelRules<Types extends LayerType> = { readonly [Type in Types]: ChannelRule<Type> }

export const varies = (channels: number): Constants => new Float64Array(channels).fill(Number.NaN)

export function channelsOf(shape: Shape): number {
  return shape.at(-1)!
}

export function isUsed(outputs: Uint8Array): boolean {
  return outputs.includes(1)
}
