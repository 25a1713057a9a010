import { z } from 'zod'
import { Name } from '#domain/name.ts'
import { isDeeperThan, MOST_LEVELS, TOO_DEEP } from '#network/json-depth.ts'
import { METRIC_NAMES, type MetricName } from './metrics.ts'

const seed = z
  .int()
  .min(0)
  .max(4_294_967_295)
  .default(1)
  .describe('Of the random draws: the same seed draws the same trials.')

const SEARCHES = [
  z.strictObject({ method: z.literal('grid') }).describe('Every combination of the listed values.'),
  z
    .strictObject({ method: z.literal('random'), trials: z.int().min(1).max(1000), seed })
    .describe('Independent draws from the space.'),
  z
    .strictObject({
      method: z.literal('asha'),
      minEpochs: z.int().min(1).max(100_000).describe('Epochs of the first rung.'),
      reduction: z
        .int()
        .min(2)
        .max(100)
        .describe('One trial in this many is promoted, to this many times the epochs.'),
      seed,
    })
    .describe(
      'Asynchronous successive halving of maxTrials draws (Li et al. 2020): the best trials of each rung continue from their checkpoints.',
    ),
  z
    .strictObject({
      method: z.literal('largestC'),
      epochs: z.int().min(1).max(1000).describe('Epochs of the short runs; 1 to 5 are usual.'),
      tolerance: z
        .number()
        .min(0)
        .max(1)
        .describe('Loss of validation accuracy, against the run with c = 0, that is accepted.'),
    })
    .describe(
      'For each mu, the largest c such that every smaller c keeps the validation accuracy; the best of them is then trained in full.',
    ),
  z
    .strictObject({ method: z.literal('lrRange'), epochs: z.int().min(5).max(1000).default(20) })
    .describe(
      'Learning-rate range test (Smith 2017): one run whose learning rate grows exponentially over the range of optimizer.learningRate.',
    ),
] as const

const isShallow = (value: unknown) => !isDeeperThan(MOST_LEVELS, value)

/** Any JSON value; the schema of the field that it is for checks the rest. */
export const Json = z.unknown().refine(isShallow, TOO_DEEP) as z.ZodType<z.core.util.JSONType>

const range = z.tuple([z.number(), z.number()])

/** The values that one field of the spec takes. */
const Dimension = z.union([
  z.array(Json).min(1).max(1000).describe('A list of choices: numbers, words or whole objects.'),
  z.strictObject({ log: range.describe('From and to; uniform in the logarithm.') }),
  z.strictObject({ uniform: range.describe('From and to.') }),
])
export type Dimension = z.infer<typeof Dimension>

const metric = z.enum(METRIC_NAMES)
const metrics = z.union([metric, z.array(metric).min(1).max(4)])

const Constraint = z
  .strictObject({
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
    withinOfDense: z
      .number()
      .min(0)
      .optional()
      .describe('How much worse than the same run with c = 0; the sweep trains that run too.'),
  })
  .refine(bounds => Object.keys(bounds).length > 0, 'needs `atLeast`, `atMost` or `withinOfDense`')
export type Constraint = z.infer<typeof Constraint>

const constraints = Object.fromEntries(METRIC_NAMES.map(name => [name, Constraint.optional()])) as {
  [Name in MetricName]: z.ZodOptional<typeof Constraint>
}

const Objective = z
  .strictObject({
    maximize: metrics.optional(),
    minimize: metrics.optional(),
    subjectTo: z
      .strictObject(constraints)
      .refine(bounds => Object.keys(bounds).length > 0, 'needs a metric')
      .optional(),
  })
  .refine(({ maximize, minimize }) => maximize !== undefined || minimize !== undefined, {
    path: ['maximize'],
    error: 'is required unless `minimize` is given',
  })
  .refine(({ maximize = [], minimize = [] }) => {
    const named = [maximize, minimize].flat()
    return new Set(named).size === named.length
  }, 'names a metric twice')
  .describe('Several metrics are a Pareto objective: no trial that another one beats in all of them.')
export type Objective = z.infer<typeof Objective>

const EXAMPLES = [
  {
    base: { model: { preset: 'mnist-mlp' }, epochs: 10 },
    search: { method: 'random', trials: 24, seed: 1 },
    space: { 'optimizer.mu': [0.51, 0.55, 0.6], 'optimizer.c': { log: [0.0005, 0.05] } },
    objective: { maximize: 'sparsity', subjectTo: { validationAccuracy: { withinOfDense: 0.005 } } },
    maxTrials: 24,
    maxConcurrent: 4,
  },
]

const fields = z.strictObject({
  name: Name.optional(),
  base: z
    .looseObject({ epochs: z.int().min(1).max(100_000).optional() })
    .refine(isShallow, TOO_DEEP)
    .describe('A JobRequest; the space sets fields of it. Each trial is validated as a job is.'),
  search: z.discriminatedUnion('method', [...SEARCHES]).meta({ id: 'SweepSearch' }),
  space: z
    .record(z.string().min(1).max(200), Dimension)
    .describe('By the path of the field, such as `optimizer.mu`, `target.sparsity` or `optimizer`.'),
  objective: Objective.optional().describe(
    'Default: the highest validation accuracy; with largestC, sparsity.',
  ),
  maxTrials: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('A sweep that would take more is refused. The dense run of `withinOfDense` is not counted.'),
  maxConcurrent: z.int().min(1).max(100).default(4).describe('Trials that are queued or running at once.'),
})

/** What `POST /v1/sweeps` takes. `checkSweep` finds what a schema cannot. */
export const SweepRequest = fields.meta({ id: 'SweepRequest', examples: EXAMPLES })
export type SweepRequest = z.infer<typeof SweepRequest>

/** The request with every default filled in. */
export const SweepSpec = fields.meta({ id: 'SweepSpec' })

export type SearchMethod = SweepRequest['search']['method']
export type SearchOf<Method extends SearchMethod> = Extract<SweepRequest['search'], { method: Method }>
