/**
 * Activations as in Keras 3: `leakyRelu` has a slope of 0.2 below zero, `elu` an alpha of 1, `hardSigmoid` is z / 6 + 1/2 clipped to [0,
 * 1], `gelu` is the exact z Phi(z), `hardSilu` is z hardSigmoid(z), and `softmax` is over the last axis. `keras2HardSigmoid` is z / 5 + 1/2
 * clipped to [0, 1], the `hard_sigmoid` of Keras 2 and TensorFlow.js.
 */
export const ACTIVATIONS = [
  'linear',
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'tanh',
  'sigmoid',
  'hardSigmoid',
  'keras2HardSigmoid',
  'gelu',
  'silu',
  'hardSilu',
  'softmax',
] as const
export type Activation = (typeof ACTIVATIONS)[number]
