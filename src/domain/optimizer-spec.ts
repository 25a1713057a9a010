import { z } from 'zod'

const learningRate = z.number().positive().max(1000).describe('Step size lr, before the schedule.')
const decay = z.number().min(0).lt(1)
const epsilon = z.number().positive().max(1).default(1e-7).describe('Keeps a quotient finite.')

/**
 * gRDA: v <- v - lr g; l1 <- l1 + c lr^(mu + 1/2) (n^mu - (n-1)^mu); w = soft-threshold(v, l1)
 * (Chao, Wang, Xing and Cheng, "Directional Pruning of Deep Neural Networks", NeurIPS 2020, algorithm 1).
 */
export const GrdaSpec = z.strictObject({
  name: z.literal('grda'),
  learningRate,
  c: z.number().min(0).max(1000).describe('Scale of the threshold; 0 is plain SGD.'),
  mu: z.number().positive().max(1).describe('Growth of the threshold with the number of steps, 0 < mu <= 1.'),
  exclude: z
    .array(z.string().min(1).max(200))
    .max(1000)
    .default([])
    .describe('Variables that no threshold touches: "bias", "batchNorm", or a layer\'s name.'),
  clock: z
    .enum(['steps', 'time'])
    .default('steps')
    .describe('What the threshold grows with: the step number (the original), or the sum of learning rates.'),
})
export type GrdaSpec = z.infer<typeof GrdaSpec>

/** m <- momentum m - lr g; w <- w + m, or w <- w + momentum m - lr g with nesterov (Keras's convention). */
export const SgdSpec = z.strictObject({
  name: z.literal('sgd'),
  learningRate,
  momentum: decay.default(0),
  nesterov: z.boolean().default(false),
})
export type SgdSpec = z.infer<typeof SgdSpec>

/** a <- a + g^2; w <- w - lr g / sqrt(a + epsilon) (Duchi, Hazan and Singer 2011; Keras's convention). */
export const AdagradSpec = z.strictObject({
  name: z.literal('adagrad'),
  learningRate,
  initialAccumulator: z.number().min(0).max(1000).default(0.1),
  epsilon,
})
export type AdagradSpec = z.infer<typeof AdagradSpec>

/** Kingma and Ba 2015, algorithm 1 in the form of its section 2's end, where epsilon is not corrected for bias (Keras's convention). */
export const AdamSpec = z.strictObject({
  name: z.literal('adam'),
  learningRate,
  beta1: decay.default(0.9),
  beta2: decay.default(0.999),
  epsilon,
  amsgrad: z
    .boolean()
    .default(false)
    .describe('Divides by the largest second moment so far (Reddi et al. 2018).'),
})
export type AdamSpec = z.infer<typeof AdamSpec>

/** s <- rho s + (1 - rho) g^2; w <- w - lr g / sqrt(s + epsilon) (Tieleman and Hinton 2012; Keras's convention). */
export const RmspropSpec = z.strictObject({
  name: z.literal('rmsprop'),
  learningRate,
  rho: decay.default(0.9),
  momentum: decay.default(0),
  epsilon,
})
export type RmspropSpec = z.infer<typeof RmspropSpec>

export const OptimizerSpec = z
  .discriminatedUnion('name', [GrdaSpec, SgdSpec, AdagradSpec, AdamSpec, RmspropSpec])
  .meta({ id: 'Optimizer' })
export type OptimizerSpec = z.infer<typeof OptimizerSpec>
