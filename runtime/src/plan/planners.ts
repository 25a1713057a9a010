import type { GraphNode } from '../graph.ts'
import type { StepPlanner } from './context.ts'
import { planActivation, planSoftmax } from './ops/activation.ts'
import { planAffine, planCombination } from './ops/combination.ts'
import { planConcatenation, planReshaping } from './ops/copying.ts'
import { planGlobalPooling, planPooling } from './ops/pooling.ts'
import { planProduct } from './ops/product.ts'
import { planRecurrence } from './ops/recurrence.ts'
import { planCropping, planPadding, planReversal, planUpsampling } from './ops/resizing.ts'
import { planEmbedding, planLayerNormalization } from './ops/sequences.ts'

/** The planner of each kind of node but the input. */
export const PLANNERS: Readonly<Record<Exclude<GraphNode['op'], 'input'>, StepPlanner>> = {
  convolution: planProduct,
  dense: planProduct,
  maxPooling: planPooling,
  averagePooling: planPooling,
  globalMaxPooling: planGlobalPooling,
  globalAveragePooling: planGlobalPooling,
  add: planCombination,
  multiply: planCombination,
  average: planCombination,
  concatenation: planConcatenation,
  affine: planAffine,
  activation: planActivation,
  softmax: planSoftmax,
  reshaping: planReshaping,
  padding: planPadding,
  cropping: planCropping,
  upsampling: planUpsampling,
  reversal: planReversal,
  embedding: planEmbedding,
  layerNormalization: planLayerNormalization,
  recurrence: planRecurrence,
}
