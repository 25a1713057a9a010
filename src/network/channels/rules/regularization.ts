import type { ChannelRules } from '#network/channels/channel-rule.ts'
import type { REGULARIZATION_LAYERS } from '#network/layers/regularization.ts'
import { passing } from './passing.ts'

export const REGULARIZATION_RULES: ChannelRules<keyof typeof REGULARIZATION_LAYERS> = {
  /** It does nothing in predictions. */
  dropout: passing(),
}
