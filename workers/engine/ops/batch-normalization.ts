/** Of every engine: batch normalisation in training, and its gradient. */
export const NORMALISE = 'BatchNormalizationTraining'
export const NORMALISE_GRADIENT = 'BatchNormalizationGrad'

/** Of engines that normalise, add and rectify in one pass, and whose kernels above rectify on demand: `native/batch-norm.cc`. */
export const NORMALISE_SUM = 'BatchNormalizationAddTraining'
export const NORMALISE_SUM_GRADIENT = 'BatchNormalizationAddGrad'
