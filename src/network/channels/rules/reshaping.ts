import type { ChannelPlace, ChannelRule, ChannelRules } from '#network/channels/channel-rule.ts'
import { channelsOf } from '#network/channels/channel-rule.ts'
import type { RESHAPING_LAYERS } from '#network/layers/reshaping.ts'
import { marginsOf } from '#network/shape.ts'
import { BARRIER, choose, passing } from './passing.ts'

/** Makes one vector: channel c of the element at position p becomes unit p C + c of C channels. */
function flattening(options: (units: number) => object): ChannelRule<'flatten' | 'reshape'> {
  const channels = ({ inputShape }: ChannelPlace<'flatten' | 'reshape'>) => channelsOf(inputShape)
  return {
    link(place, { tie }) {
      for (let unit = 0; unit < place.outputShape[0]!; unit++) tie(0, unit % channels(place), unit)
    },
    constants: (place, [input]) =>
      Float64Array.from({ length: place.outputShape[0]! }, (_, unit) => input![unit % channels(place)]!),
    uses(place, { outputs }, use) {
      for (const [unit, isUnitUsed] of outputs.entries()) if (isUnitUsed) use(0, unit % channels(place))
    },
    shrink: (_, { keptOutputs }) => ({ options: options(keptOutputs.length), tensors: {} }),
  }
}

const toVector = flattening(units => ({ shape: [units] }))
const keepingChannels = passing<'reshape'>({
  options: ({ outputShape }, kept) => ({ shape: [...outputShape.slice(0, -1), kept.length] }),
})

export const RESHAPING_RULES: ChannelRules<keyof typeof RESHAPING_LAYERS> = {
  /** Of constants only 0 is the same as the margin. */
  zeroPadding2d: passing({
    constant: ({ layer: { padding } }) => {
      const isPadded = marginsOf(padding)
        .flat()
        .some(lines => lines > 0)
      return value => (isPadded && value !== 0 ? Number.NaN : value)
    },
  }),
  cropping2d: passing(),
  upSampling2d: passing(),
  repeatVector: passing(),
  /** A reshaping that splits or joins channels in another way keeps them all. */
  reshape: choose(({ inputShape, outputShape }) => {
    if (channelsOf(inputShape) === channelsOf(outputShape)) return keepingChannels
    return outputShape.length === 1 ? toVector : BARRIER
  }),
  flatten: flattening(() => ({})),
}
