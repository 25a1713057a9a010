import type { ChannelPlace, ChannelRule, ChannelRules, Constants } from '#network/channels/channel-rule.ts'
import { channelsOf } from '#network/channels/channel-rule.ts'
import type { MERGING_LAYERS } from '#network/layers/merging.ts'

type Combine = (values: readonly number[]) => number

/** @param decides the input that alone decides a channel by its constant, whatever the others are; -1 for none */
function elementwise(
  combine: Combine,
  decides: (values: readonly number[]) => number = () => -1,
): ChannelRule {
  return {
    link({ inputShapes, outputShape }, { tie, keepInput }) {
      const channels = channelsOf(outputShape)
      for (const [input, shape] of inputShapes.entries()) {
        // A single channel that is repeated stays.
        if (channelsOf(shape) < channels) keepInput(input)
        else for (let channel = 0; channel < channels; channel++) tie(input, channel, channel)
      }
    },
    constants: (place, inputs) =>
      Float64Array.from({ length: channelsOf(place.outputShape) }, (_, channel) =>
        combine(valuesAt(inputs, channel)),
      ),
    uses(_, { constants, outputs }, use) {
      for (const [channel, isOutputUsed] of outputs.entries()) {
        if (!isOutputUsed) continue
        const decisive = decides(valuesAt(constants, channel))
        for (const input of decisive < 0 ? constants.keys() : [decisive])
          use(input, constants[input]!.length === 1 ? 0 : channel)
      }
    },
    shrink: () => ({ options: {}, tensors: {} }),
  }
}

function valuesAt(inputs: readonly Constants[], channel: number): number[] {
  return inputs.map(values => (values.length === 1 ? values[0]! : values[channel]!))
}

const sum: Combine = values => values.reduce((total, value) => total + value, 0)
const product: Combine = values =>
  values.includes(0) ? 0 : values.reduce((total, value) => total * value, 1)

/** The position of each input's first channel in the output, and after them the number of channels. */
function startsOf({ inputShapes }: ChannelPlace): number[] {
  const starts = [0]
  for (const shape of inputShapes) starts.push(starts.at(-1)! + channelsOf(shape))
  return starts
}

const concatenation: ChannelRule<'concatenate'> = {
  link(place, { tie }) {
    const starts = startsOf(place)
    for (const [input, shape] of place.inputShapes.entries())
      for (let channel = 0; channel < channelsOf(shape); channel++)
        tie(input, channel, starts[input]! + channel)
  },
  constants: (_, inputs) => Float64Array.from(inputs.flatMap(values => [...values])),
  uses(place, { outputs }, use) {
    const starts = startsOf(place)
    for (const [input, shape] of place.inputShapes.entries())
      for (let channel = 0; channel < channelsOf(shape); channel++)
        if (outputs[starts[input]! + channel]) use(input, channel)
  },
  shrink: () => ({ options: {}, tensors: {} }),
}

export const MERGING_RULES: ChannelRules<keyof typeof MERGING_LAYERS> = {
  add: elementwise(sum),
  /** A factor that is always 0 makes the product 0. */
  multiply: elementwise(product, values => values.indexOf(0)),
  average: elementwise(values => sum(values) / values.length),
  concatenate: concatenation,
}
