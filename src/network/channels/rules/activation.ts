import { ACTIVATE } from '#network/channels/activate.ts'
import type { ChannelRules } from '#network/channels/channel-rule.ts'
import type { ACTIVATION_LAYERS } from '#network/layers/activation.ts'
import { BARRIER, choose, passing } from './passing.ts'

const elementwise = passing<'activation'>({
  constant: ({ layer: { activation } }) =>
    activation === 'softmax' ? () => Number.NaN : ACTIVATE[activation],
})

export const ACTIVATION_RULES: ChannelRules<keyof typeof ACTIVATION_LAYERS> = {
  activation: choose(({ layer }) => (layer.activation === 'softmax' ? BARRIER : elementwise)),
  leakyRelu: passing({
    constant:
      ({ layer: { slope } }) =>
      value =>
        value > 0 ? value : slope * value,
  }),
}
