import type { BuildLayer } from '../layer.ts'
import { ACTIVATION_LAYERS } from './activation.ts'
import { CONVOLUTION_LAYERS } from './convolution.ts'
import { CORE_LAYERS } from './core.ts'
import { MERGING_LAYERS } from './merging.ts'
import { NORMALIZATION_LAYERS } from './normalization.ts'
import { POOLING_LAYERS } from './pooling.ts'
import { RECURRENT_LAYERS } from './recurrent.ts'
import { RESHAPING_LAYERS } from './reshaping.ts'

/** Every type of layer that the service trains. */
export const LAYERS: ReadonlyMap<unknown, BuildLayer> = new Map(
  Object.entries({
    ...CORE_LAYERS,
    ...CONVOLUTION_LAYERS,
    ...POOLING_LAYERS,
    ...RECURRENT_LAYERS,
    ...NORMALIZATION_LAYERS,
    ...RESHAPING_LAYERS,
    ...MERGING_LAYERS,
    ...ACTIVATION_LAYERS,
  }),
)
