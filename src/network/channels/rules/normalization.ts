import type { ChannelRules } from '#network/channels/channel-rule.ts'
import type { NORMALIZATION_LAYERS } from '#network/layers/normalization.ts'
import { BARRIER, passing } from './passing.ts'

export const NORMALIZATION_RULES: ChannelRules<keyof typeof NORMALIZATION_LAYERS> = {
  /** As in predictions, by the moving statistics. With a gamma of 0, the output is beta, whatever the input. */
  batchNormalization: passing({
    ignores: place => {
      const gamma = place.tensor('gamma')
      return channel => gamma?.[channel] === 0
    },
    constant: place => {
      const [gamma, beta] = [place.tensor('gamma'), place.tensor('beta')]
      const [mean, variance] = [place.tensor('movingMean')!, place.tensor('movingVariance')!]
      return (value, channel) => {
        const scale = gamma ? gamma[channel]! : 1
        const offset = beta ? beta[channel]! : 0
        if (scale === 0) return offset
        return (
          (scale * (value - mean[channel]!)) / Math.sqrt(variance[channel]! + place.layer.epsilon) + offset
        )
      }
    },
  }),
  /** Each output depends on all channels. */
  layerNormalization: BARRIER,
}
