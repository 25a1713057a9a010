import { z } from 'zod'

const fraction = z.number().min(0).max(1)

/** One trainable variable at the end of an epoch. */
const LayerSparsity = z.object({
  name: z.string(),
  shape: z.array(z.int()),
  size: z.int(),
  nonzero: z.int(),
  zeroChannels: z
    .int()
    .optional()
    .describe(
      'Present for a kernel of gRDA with `group`: its output channels of which all weights and the bias are zero.',
    ),
  skipsZeros: z
    .boolean()
    .optional()
    .describe('Present if the zeros were left out of the products with this kernel, which is faster.'),
})

/** The metrics of one epoch. Losses are means over its examples, fractions are 0..1, counts are integers. */
export const EpochMetrics = z
  .object({
    epoch: z.int().min(1),
    epochs: z.int().min(1),
    step: z.int(),
    phase: z
      .enum(['train', 'fineTune'])
      .optional()
      .describe('Present in a job with several phases. Epochs are numbered through all of them.'),
    learningRate: z.number(),
    c: z.number().optional().describe('The scale of the threshold in this epoch of a job with a `target`.'),
    threshold: z.number().optional().describe('The threshold l1 of gRDA after the last step of the epoch.'),
    trainLoss: z.number(),
    trainAccuracy: fraction
      .optional()
      .describe('Absent, like the other accuracies, for a loss without classes.'),
    trainMeanAbsoluteError: z.number().optional(),
    validationLoss: z.number(),
    validationAccuracy: fraction.optional(),
    validationTop5Accuracy: fraction.optional().describe('Present with more than five classes.'),
    validationMeanAbsoluteError: z.number().optional(),
    sparsity: fraction.describe('Share of exact zeros among all trainable parameters.'),
    weightSparsity: fraction.describe('Share of exact zeros among the kernels.'),
    regrown: z
      .int()
      .describe('Weights that were zero at the end of the previous epoch and are non-zero now.'),
    layers: z.array(LayerSparsity),
    examplesPerSecond: z.number(),
    seconds: z.number(),
    sparseBytes: z.int(),
    denseBytes: z.int(),
  })
  .meta({ id: 'EpochMetrics' })
export type EpochMetrics = z.infer<typeof EpochMetrics>
