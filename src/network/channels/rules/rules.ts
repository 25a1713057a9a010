import type { ChannelRule, ChannelRules } from '#network/channels/channel-rule.ts'
import type { LayerSpec, LayerType } from '#network/topology.ts'
import { ACTIVATION_RULES } from './activation.ts'
import { CONVOLUTION_RULES } from './convolution.ts'
import { CORE_RULES } from './core.ts'
import { MERGING_RULES } from './merging.ts'
import { NORMALIZATION_RULES } from './normalization.ts'
import { POOLING_RULES } from './pooling.ts'
import { PREPROCESSING_RULES } from './preprocessing.ts'
import { RECURRENT_RULES } from './recurrent.ts'
import { REGULARIZATION_RULES } from './regularization.ts'
import { RESHAPING_RULES } from './reshaping.ts'

const RULES: ChannelRules<LayerType> = {
  ...CORE_RULES,
  ...CONVOLUTION_RULES,
  ...POOLING_RULES,
  ...RECURRENT_RULES,
  ...PREPROCESSING_RULES,
  ...NORMALIZATION_RULES,
  ...REGULARIZATION_RULES,
  ...RESHAPING_RULES,
  ...MERGING_RULES,
  ...ACTIVATION_RULES,
}

export function ruleOf({ type }: Pick<LayerSpec, 'type'>): ChannelRule {
  return RULES[type] as ChannelRule
}
