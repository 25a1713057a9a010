import { z } from 'zod'

const fraction = z.number().min(0).max(1)
const share = fraction.nullable().describe('Null where it is undefined: 0 of 0.')

/** Of one class, counted over the evaluated examples. */
const ClassMetrics = z.object({
  support: z.int().describe('Examples of the class.'),
  predicted: z.int().describe('Examples that the model assigns to the class.'),
  precision: share,
  recall: share,
  f1: share,
})
export type ClassMetrics = z.infer<typeof ClassMetrics>

/** How well the probability of the predicted class matches its accuracy (Guo et al. 2017, section 2). */
const Calibration = z.object({
  expectedCalibrationError: fraction,
  bins: z
    .array(
      z.object({
        above: fraction.describe('The bin has the examples whose confidence is above this,'),
        upTo: fraction.describe('and at most this.'),
        count: z.int(),
        confidence: share.describe('Mean probability of the predicted class.'),
        accuracy: share,
      }),
    )
    .describe('15 bins of equal width.'),
})
export type Calibration = z.infer<typeof Calibration>

/** Of one target of a regression. */
const TargetMetrics = z.object({
  name: z.string().optional(),
  meanAbsoluteError: z.number(),
  rootMeanSquaredError: z.number(),
  r2: z.number().nullable().describe('Coefficient of determination; null if the target is constant.'),
})
export type TargetMetrics = z.infer<typeof TargetMetrics>

const ModelEvaluation = z.object({
  jobId: z.string(),
  metrics: z.object({
    loss: z.number(),
    accuracy: fraction.optional(),
    top5Accuracy: fraction.optional(),
    meanAbsoluteError: z.number().optional(),
  }),
  perClass: z.array(ClassMetrics).optional().describe('In the order of `classes`.'),
  confusion: z
    .array(z.array(z.int()))
    .optional()
    .describe('Rows are classes, columns predicted classes. Absent with more than 100 classes.'),
  calibration: Calibration.optional(),
  perTarget: z.array(TargetMetrics).optional(),
})
export type ModelEvaluation = z.infer<typeof ModelEvaluation>

const Flip = z.object({
  index: z.int().describe('Of the example in `source`, from 0.'),
  label: z.int(),
  predicted: z.tuple([z.int(), z.int()]).describe('By the first and by the second job.'),
  probability: z.tuple([fraction, fraction]).describe('Of the predicted classes.'),
  change: z
    .enum(['lost', 'gained', 'neither'])
    .describe('`lost`: only the second job is right; `gained`: only the first job is right.'),
})
export type Flip = z.infer<typeof Flip>

/** The first job against the second. */
const Comparison = z.object({
  agreement: fraction.optional().describe('Share of the examples for which both predict the same.'),
  perClass: z
    .array(z.object({ class: z.int(), recallChange: z.number().nullable(), examplesChange: z.int() }))
    .optional()
    .describe('The change of recall, and of the correct examples, from the second job to the first.'),
  costliest: z
    .array(z.int())
    .optional()
    .describe('The classes whose recall is lower for the first job, the largest loss first.'),
  flipped: z
    .object({
      count: z.int(),
      lost: z.int(),
      gained: z.int(),
      neither: z.int(),
      examples: z.array(Flip).describe('The first 1,000; flipped.csv has all.'),
    })
    .optional(),
  perTarget: z
    .array(z.object({ meanDifference: z.number(), meanAbsoluteErrorChange: z.number() }))
    .optional()
    .describe('Mean absolute difference of the outputs, and the change of the mean absolute error.'),
})
export type Comparison = z.infer<typeof Comparison>

/** The content of evaluation.json. */
export const EvaluationResult = z
  .object({
    dataset: z.object({ id: z.string() }),
    split: z.enum(['validation', 'test', 'train']),
    source: z
      .enum(['train', 'test'])
      .describe('The split of the dataset that the indices of examples are in.'),
    examples: z.int(),
    classes: z.array(z.string()).optional().describe('Names; classes are numbered in this order, from 0.'),
    models: z.array(ModelEvaluation).describe('One for each job, in the order of the request.'),
    comparison: Comparison.optional(),
  })
  .meta({ id: 'EvaluationResult' })
export type EvaluationResult = z.infer<typeof EvaluationResult>
