import { z } from 'zod'
import type { AnalysedJob } from '#domain/analysis.ts'
import { factsOf } from '#domain/dataset.ts'
import type { Mistake } from '#domain/error.ts'
import { topologyOf } from '#domain/topology-of.ts'

// The loss as a function of the weights is a surface. Analyses that look at several of its points have these fields and checks.

/** How many training examples a loss is averaged over. */
export const Examples = z
  .int()
  .min(1)
  .optional()
  .describe(
    'Training examples, chosen by the seed of the last job, that the training loss is averaged over; all by default.',
  )

const fraction = z.number().min(0).max(1).optional()
const loss = z.number().nullable().describe('Mean over the examples; null if it is not finite.')

/** What a point of the surface scores on the training examples and on the validation split of the last job. */
export const PointScores = z.object({
  trainLoss: loss,
  trainAccuracy: fraction.describe('Absent, like the other accuracy, for a loss without classes.'),
  validationLoss: loss,
  validationAccuracy: fraction.describe('The test error is 1 minus this.'),
})
export type PointScores = z.infer<typeof PointScores>

/** What a result says about the measurements at its points. */
export const Measured = z.object({
  examples: z.object({ training: z.int(), validation: z.int() }),
  recalibration: z
    .object({ batches: z.int(), batchSize: z.int() })
    .optional()
    .describe(
      'The training batches, without augmentation, over which the statistics of batch normalizations were averaged at every point; absent if the network has none.',
    ),
})
export type Measured = z.infer<typeof Measured>

/** Of a model in a result. */
export const ModelPlace = z.object({ jobId: z.string(), epoch: z.int() })

/** Jobs whose weights cannot be compared layer by layer. */
export function layersMistakes(jobs: readonly AnalysedJob[]): Mistake[] {
  return differences(jobs, { layers: SURFACE.layers! }, 'because they are compared layer by layer')
}

/**
 * The weights of jobs are points of one surface only if the loss is the same function of them. @param examples of the last job that the
 * request asks for
 */
export function surfaceMistakes(jobs: readonly AnalysedJob[], examples: number | undefined): Mistake[] {
  return [
    ...differences(jobs, SURFACE, 'because the loss must be the same function of the weights'),
    ...exampleMistakes(examples, jobs.at(-1)!),
  ]
}

type Spec = AnalysedJob['spec']

/** What the jobs do not have in common with the last one. */
function differences(
  jobs: readonly AnalysedJob[],
  facts: Readonly<Record<string, (spec: Spec) => unknown>>,
  reason: string,
): Mistake[] {
  const last = jobs.at(-1)!
  return jobs.slice(0, -1).flatMap(({ id, spec }, index) => {
    const differing = Object.entries(facts)
      .filter(([, read]) => JSON.stringify(read(spec)) !== JSON.stringify(read(last.spec)))
      .map(([what]) => what)
    if (differing.length === 0) return []
    const message = `must have the same ${differing.join(', ')} as ${last.id}, ${reason}; ${id} has not`
    return [{ path: `jobs.${index}`, message }]
  })
}

const SURFACE: Readonly<Record<string, (spec: Spec) => unknown>> = {
  layers: ({ model }) => topologyOf(model),
  dataset: ({ dataset }) => [dataset.id, dataset.upload?.sha256],
  preprocessing: ({ dataset: { normalize, scale } }) => [normalize, scale],
  loss: spec => spec.loss,
}

/** More examples than the training split has. */
function exampleMistakes(examples: number | undefined, { spec }: AnalysedJob): Mistake[] {
  const { train } = factsOf(spec.dataset)!.splits
  if (examples === undefined || examples <= train) return []
  return [
    {
      path: 'examples',
      message: `must be at most ${train}: ${spec.dataset.id} has no more training examples`,
    },
  ]
}
