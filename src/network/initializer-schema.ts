import { z } from 'zod'

/**
 * `fanInUniform` is U(-1/sqrt(fan_in), 1/sqrt(fan_in)), PyTorch's default for linear and convolution layers, biases included;
 * `glorotUniform` is Keras's default (Glorot and Bengio 2010, eq. 16); `heNormalFanOut` is N(0, sqrt(2 / fan_out)) (He, Zhang, Ren and
 * Sun 2015, sec. 2.2, backward). The others are Keras's; as in Keras, the normal ones are truncated at two standard deviations.
 * `forgetGateOnes` is zeros except for the second quarter of an LSTM's bias, its forget gate (Jozefowicz, Zaremba and Sutskever 2015).
 */
const named = z.enum([
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'fanInUniform',
  'heNormalFanOut',
  'zeros',
  'ones',
  'forgetGateOnes',
])

const normal = { mean: z.number(), stddev: z.number().positive() }

/** Keras's initializers that have parameters. */
const parametric = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('randomUniform'), minval: z.number(), maxval: z.number() }),
  z.strictObject({ name: z.literal('randomNormal'), ...normal }),
  /** Values beyond two standard deviations are drawn again. */
  z.strictObject({ name: z.literal('truncatedNormal'), ...normal }),
  z.strictObject({ name: z.literal('constant'), value: z.number() }),
  /** `gain` times a matrix whose rows or columns, whichever are fewer, are orthonormal (Saxe, McClelland and Ganguli 2014). */
  z.strictObject({ name: z.literal('orthogonal'), gain: z.number().positive() }),
  /** The variance is scale / fan, where `mode` selects the fan; `truncatedNormal` is truncated at two standard deviations. */
  z.strictObject({
    name: z.literal('varianceScaling'),
    scale: z.number().positive(),
    mode: z.enum(['fanIn', 'fanOut', 'fanAvg']),
    distribution: z.enum(['uniform', 'normal', 'truncatedNormal']),
  }),
])

/** How the initial values of a variable are drawn. */
export const initializer = z.union([
  named,
  parametric.refine(
    (value): boolean => value.name !== 'randomUniform' || value.minval < value.maxval,
    'must have a minval below its maxval',
  ),
])

/** `forgetGateOnes` needs the four gates of an LSTM's bias. */
export const plainInitializer = initializer.refine(
  (value): boolean => value !== 'forgetGateOnes',
  'may be forgetGateOnes only in an lstm',
)

export type NamedInitializer = z.output<typeof named>
export type ParametricInitializer = z.output<typeof parametric>
export type Initializer = z.output<typeof initializer>
