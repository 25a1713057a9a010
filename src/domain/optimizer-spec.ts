import { z } from 'zod'

const learningRate = z.number().positive().max(1000).describe('Step size lr, before the schedule.')

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
    .describe('Variables that no threshold touches: "bias", or a layer\'s name.'),
  clock: z
    .enum(['steps', 'time'])
    .default('steps')
    .describe('What the threshold grows with: the step number (the original), or the sum of learning rates.'),
})
export type GrdaSpec = z.infer<typeof GrdaSpec>

/** v <- momentum v - lr g; w <- w + v, or w <- w + momentum v - lr g with nesterov (Keras's convention). */
export const SgdSpec = z.strictObject({
  name: z.literal('sgd'),
  learningRate,
  momentum: z.number().min(0).lt(1).default(0),
  nesterov: z.boolean().default(false),
})
export type SgdSpec = z.infer<typeof SgdSpec>

export const OptimizerSpec = z.discriminatedUnion('name', [GrdaSpec, SgdSpec])
export type OptimizerSpec = z.infer<typeof OptimizerSpec>
