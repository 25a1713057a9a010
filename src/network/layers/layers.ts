import { ACTIVATION_LAYERS } from './activation.ts'
import { CONVOLUTION_LAYERS } from './convolution.ts'
import { CORE_LAYERS } from './core.ts'
import { MERGING_LAYERS } from './merging.ts'
import { NORMALIZATION_LAYERS } from './normalization.ts'
import { POOLING_LAYERS } from './pooling.ts'
import { PREPROCESSING_LAYERS } from './preprocessing.ts'
import { RECURRENT_LAYERS } from './recurrent.ts'
import { REGULARIZATION_LAYERS } from './regularization.ts'
import { RESHAPING_LAYERS } from './reshaping.ts'

/** Every type of layer, in the categories of Keras's documentation. Keras, ONNX and the kernels have a row for each of these types. */
export const LAYERS = {
  ...CORE_LAYERS,
  ...CONVOLUTION_LAYERS,
  ...POOLING_LAYERS,
  ...RECURRENT_LAYERS,
  ...PREPROCESSING_LAYERS,
  ...NORMALIZATION_LAYERS,
  ...REGULARIZATION_LAYERS,
  ...RESHAPING_LAYERS,
  ...MERGING_LAYERS,
  ...ACTIVATION_LAYERS,
}

export type LayerType = keyof typeof LAYERS
