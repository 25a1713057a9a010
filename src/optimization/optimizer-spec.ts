import { z } from 'zod'
import { ExcludedVariables } from '#network/excluded-variables.ts'
import type { ThresholdRule } from './threshold.ts'

const decay = z.number().min(0).lt(1)
const epsilon = z.number().positive().max(1).default(1e-7).describe('Avoids division by zero.')

/** The fields of every optimizer. */
const common = {
  learningRate: z.number().positive().max(1000).describe('Step size lr, before the schedule.'),
  globalClipNorm: z
    .number()
    .positive()
    .max(1e9)
    .optional()
    .describe(
      'Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping.',
    ),
}

/**
 * gRDA: v <- v - lr g; l1 <- l1 + c lr^(mu + 1/2) (n^mu - (n-1)^mu); w = soft-threshold(v, l1)
 * (Chao, Wang, Xing and Cheng, "Directional Pruning of Deep Neural Networks", NeurIPS 2020, algorithm 1). With `group`, the n_j weights of
 * output channel j are w_j = v_j max(0, 1 - l1 sqrt(n_j) / ||v_j||_2) (Yuan and Lin, "Model selection and estimation in regression with
 * grouped variables", JRSS B 2006; for dual averages: Yang, Xu, King and Lyu, "Online Learning for Group Lasso", ICML 2010).
 */
export const GrdaSpec = z.strictObject({
  name: z.literal('grda'),
  ...common,
  c: z.number().min(0).max(1000).describe('Scale of the threshold; 0 is plain SGD.'),
  mu: z.number().positive().max(1).describe('Growth of the threshold with the number of steps, 0 < mu <= 1.'),
  exclude: ExcludedVariables.describe(
    'Variables that the threshold does not apply to: "bias", "batchNorm", or a layer\'s name.',
  ),
  group: z
    .enum(['outputChannels'])
    .optional()
    .describe(
      'Applies the threshold to whole output channels of kernels, which vanish together with their bias, instead of to single weights.',
    ),
  clock: z
    .enum(['steps', 'time'])
    .default('steps')
    .describe(
      'The quantity that the threshold grows with: the step number (the original), or the sum of learning rates.',
    ),
})
export type GrdaSpec = z.infer<typeof GrdaSpec>

/** m <- momentum m - lr g; w <- w + m, or w <- w + momentum m - lr g with nesterov (Keras's convention). */
export const SgdSpec = z.strictObject({
  name: z.literal('sgd'),
  ...common,
  momentum: decay.default(0),
  nesterov: z.boolean().default(false),
})
export type SgdSpec = z.infer<typeof SgdSpec>

/** a <- a + g^2; w <- w - lr g / sqrt(a + epsilon) (Duchi, Hazan and Singer 2011; Keras's convention). */
export const AdagradSpec = z.strictObject({
  name: z.literal('adagrad'),
  ...common,
  initialAccumulator: z.number().min(0).max(1000).default(0.1),
  epsilon,
})
export type AdagradSpec = z.infer<typeof AdagradSpec>

const adamFields = {
  ...common,
  beta1: decay.default(0.9),
  beta2: decay.default(0.999),
  epsilon,
  amsgrad: z
    .boolean()
    .default(false)
    .describe('Divides by the largest second moment so far (Reddi et al. 2018).'),
}

/** Kingma and Ba 2015, algorithm 1 as at the end of its section 2, where epsilon is not bias-corrected (Keras's convention). */
export const AdamSpec = z.strictObject({ name: z.literal('adam'), ...adamFields })
export type AdamSpec = z.infer<typeof AdamSpec>

/** Adam and w <- w - lr weightDecay w, which does not enter the moments (Loshchilov and Hutter 2019, algorithm 2; Keras's convention). */
export const AdamwSpec = z.strictObject({
  name: z.literal('adamw'),
  ...adamFields,
  weightDecay: z
    .number()
    .min(0)
    .max(1000)
    .default(0.004)
    .describe('Each step subtracts this share of a weight, times the learning rate.'),
  exclude: ExcludedVariables.describe(
    'Variables that do not decay: "bias", "batchNorm", or a layer\'s name.',
  ),
})
export type AdamwSpec = z.infer<typeof AdamwSpec>

/** s <- rho s + (1 - rho) g^2; w <- w - lr g / sqrt(s + epsilon) (Tieleman and Hinton 2012; Keras's convention). */
export const RmspropSpec = z.strictObject({
  name: z.literal('rmsprop'),
  ...common,
  rho: decay.default(0.9),
  momentum: decay.default(0),
  epsilon,
})
export type RmspropSpec = z.infer<typeof RmspropSpec>

/** The properties of an optimizer that the service needs besides its arithmetic. */
interface OptimizerTraits<Spec> {
  /** Its name in messages. */
  title: string
  /** For the API's documentation. */
  description: string
  /**
   * The highest number of copies of the parameters that a training process holds: weights, gradients, optimizer state, and copies in
   * transit between the device, checkpoints and files. The bench `memory-estimate` compares it with measured jobs.
   */
  memoryCopies: (spec: Spec) => number
  /** Fields that determine which slots exist and what they mean: a job that continues from this state must have the same values. */
  stateFields: (spec: Spec) => readonly (keyof Spec)[]
  /** Present for an optimizer that sets weights below a growing threshold to zero. */
  threshold?: (spec: Spec) => ThresholdRule
  /** Whether its state can be downloaded and uploaded as optimizer-state.safetensors. The format supports one optimizer only. */
  exportsState?: boolean
}

function withTraits<Schema extends z.ZodObject>(schema: Schema, traits: OptimizerTraits<z.infer<Schema>>) {
  return { ...traits, schema: schema.describe(traits.description) }
}

/** Every optimizer by name. The table in workers/optimizers/from-spec.ts has the constructors. */
const OPTIMIZERS = {
  grda: withTraits(GrdaSpec, {
    title: 'gRDA',
    description:
      'SGD on an accumulator; the weights are its values, soft-thresholded by a growing threshold (Chao et al. 2020).',
    memoryCopies: ({ group }) => (group ? 15 : 11),
    stateFields: ({ group }) => (group ? ['group', 'exclude'] : []),
    threshold: spec => spec,
    exportsState: true,
  }),
  sgd: withTraits(SgdSpec, {
    title: 'SGD',
    description: 'Stochastic gradient descent, optionally with momentum, as in Keras.',
    memoryCopies: () => 11,
    stateFields: () => ['momentum', 'nesterov'],
  }),
  adagrad: withTraits(AdagradSpec, {
    title: 'Adagrad',
    description: 'Adagrad (Duchi et al. 2011), as in Keras.',
    memoryCopies: () => 17,
    stateFields: () => ['initialAccumulator', 'epsilon'],
  }),
  adam: withTraits(AdamSpec, {
    title: 'Adam',
    description: 'Adam (Kingma and Ba 2015), or AMSGrad with `amsgrad`, as in Keras.',
    memoryCopies: () => 25,
    stateFields: () => ['beta1', 'beta2', 'epsilon', 'amsgrad'],
  }),
  adamw: withTraits(AdamwSpec, {
    title: 'AdamW',
    description: 'Adam with decoupled weight decay (Loshchilov and Hutter 2019), as in Keras.',
    memoryCopies: () => 25,
    stateFields: () => ['beta1', 'beta2', 'epsilon', 'amsgrad'],
  }),
  rmsprop: withTraits(RmspropSpec, {
    title: 'RMSprop',
    description: 'RMSprop (Tieleman and Hinton 2012), as in Keras.',
    memoryCopies: () => 18,
    stateFields: () => ['rho', 'momentum', 'epsilon'],
  }),
}
export type OptimizerName = keyof typeof OPTIMIZERS
type OptimizerSchema = (typeof OPTIMIZERS)[OptimizerName]['schema']

const [first, ...others] = Object.values(OPTIMIZERS).map(({ schema }): OptimizerSchema => schema)
export const OptimizerSpec = z.discriminatedUnion('name', [first!, ...others]).meta({ id: 'Optimizer' })
export type OptimizerSpec = z.infer<OptimizerSchema>

/** An optimizer in a request: a `target` chooses the scale of a threshold that is left out. */
export const OptimizerRequest = z
  .discriminatedUnion('name', [OPTIMIZERS.grda.schema.partial({ c: true }), ...others])
  .meta({ id: 'OptimizerRequest' })
export type OptimizerRequest = z.infer<typeof OptimizerRequest>

/** Whether a request leaves out the scale of its threshold. */
export function leavesScaleOpen(optimizer: OptimizerRequest): boolean {
  return optimizer.name === 'grda' && optimizer.c === undefined
}

/** The optimizer as in a request that leaves out the scale of its threshold, if it has one. */
export function withoutScale(optimizer: OptimizerSpec): OptimizerRequest {
  if (optimizer.name !== 'grda') return optimizer
  const { c: _, ...open } = optimizer
  return open
}

/** @returns the traits of the optimizer that the spec names */
export function optimizerTraits({ name }: Pick<OptimizerSpec, 'name'>): OptimizerTraits<OptimizerSpec> {
  return OPTIMIZERS[name] as OptimizerTraits<OptimizerSpec>
}

/** The rule of the optimizer's threshold; undefined if it has none. */
export function thresholdOf(spec: OptimizerSpec): ThresholdRule | undefined {
  return optimizerTraits(spec).threshold?.(spec)
}

/** The optimizer whose state optimizer-state.safetensors holds. */
export const EXPORTING_OPTIMIZER = (Object.keys(OPTIMIZERS) as OptimizerName[]).find(
  name => OPTIMIZERS[name].exportsState,
)!
export const EXPORTING_TITLE = OPTIMIZERS[EXPORTING_OPTIMIZER].title
