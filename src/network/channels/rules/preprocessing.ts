import type { ChannelRules } from '#network/channels/channel-rule.ts'
import type { PerChannel } from '#network/layers/options.ts'
import type { PREPROCESSING_LAYERS } from '#network/layers/preprocessing.ts'
import { deviationOf } from '#network/normalization.ts'
import { passing } from './passing.ts'

export const PREPROCESSING_RULES: ChannelRules<keyof typeof PREPROCESSING_LAYERS> = {
  rescaling: passing({
    constant:
      ({ layer: { scale, offset } }) =>
      (value, channel) =>
        value * at(scale, channel) + at(offset, channel),
    options: ({ layer: { scale, offset } }, kept) => ({
      scale: keptOf(scale, kept),
      offset: keptOf(offset, kept),
    }),
  }),
  normalization: passing({
    constant: place => {
      const mean = place.layer.mean ?? [...place.tensor('mean')!]
      const deviation = deviationOf(place.layer.variance ?? [...place.tensor('variance')!])
      return (value, channel) => (value - at(mean, channel)) / at(deviation, channel)
    },
    options: ({ layer: { mean, variance } }, kept) => ({
      ...(mean !== undefined && { mean: keptOf(mean, kept) }),
      ...(variance !== undefined && { variance: keptOf(variance, kept) }),
    }),
  }),
}

/** A list of one number is for all channels. */
function at(values: PerChannel, channel: number): number {
  if (typeof values === 'number') return values
  return values.length === 1 ? values[0]! : values[channel]!
}

function keptOf(values: PerChannel, kept: Uint32Array): PerChannel {
  if (typeof values === 'number' || values.length === 1) return values
  return Array.from(kept, channel => values[channel]!)
}
