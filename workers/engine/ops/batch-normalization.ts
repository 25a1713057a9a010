/** The kernels of batch normalisation in training and of its gradient, which every engine has. */
export const NORMALISE = 'BatchNormalizationTraining'
export const NORMALISE_GRADIENT = 'BatchNormalizationGrad'

/**
 * The kernels of engines that normalise, add and rectify in one pass. There the kernels above have an attribute `rectify`:
 * `native/batch-norm.cc`.
 */
export const NORMALISE_SUM = 'BatchNormalizationAddTraining'
export const NORMALISE_SUM_GRADIENT = 'BatchNormalizationAddGrad'
