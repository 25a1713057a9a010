import type { ChannelRules } from '#network/channels/channel-rule.ts'
import type { POOLING_LAYERS } from '#network/layers/pooling.ts'
import { passing } from './passing.ts'

/** Padding takes no part in a maximum or a mean, so the pool of a constant is the constant. */
export const POOLING_RULES: ChannelRules<keyof typeof POOLING_LAYERS> = {
  maxPooling2d: passing(),
  averagePooling2d: passing(),
  maxPooling1d: passing(),
  averagePooling1d: passing(),
  globalAveragePooling2d: passing(),
  globalMaxPooling2d: passing(),
  globalAveragePooling1d: passing(),
  globalMaxPooling1d: passing(),
}
