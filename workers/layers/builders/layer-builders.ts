import type { LayerType } from '#network/topology.ts'
import { ACTIVATION_BUILDERS } from './activation.ts'
import { CONVOLUTION_BUILDERS } from './convolution.ts'
import { CORE_BUILDERS } from './core.ts'
import type { LayerBuilders } from './layer-builder.ts'
import { MERGING_BUILDERS } from './merging.ts'
import { NORMALIZATION_BUILDERS } from './normalization.ts'
import { POOLING_BUILDERS } from './pooling.ts'
import { PREPROCESSING_BUILDERS } from './preprocessing.ts'
import { RECURRENT_BUILDERS } from './recurrent.ts'
import { REGULARIZATION_BUILDERS } from './regularization.ts'
import { RESHAPING_BUILDERS } from './reshaping.ts'

/** How each type of layer is computed. */
export const LAYER_BUILDERS: LayerBuilders<LayerType> = {
  ...CORE_BUILDERS,
  ...CONVOLUTION_BUILDERS,
  ...POOLING_BUILDERS,
  ...RECURRENT_BUILDERS,
  ...PREPROCESSING_BUILDERS,
  ...NORMALIZATION_BUILDERS,
  ...REGULARIZATION_BUILDERS,
  ...RESHAPING_BUILDERS,
  ...MERGING_BUILDERS,
  ...ACTIVATION_BUILDERS,
}
