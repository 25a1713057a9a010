import { z } from 'zod'
import { totalEpochs } from '#domain/phases.ts'
import { ANALYSIS_FIELDS, type AnalysisKindDefinition, JobChoice } from './analysis-base.ts'
import { Examples, Measured, ModelPlace, PointScores, surfaceMistakes } from './same-surface.ts'

/** Trains a curve of low loss between the models of two jobs and measures the loss along it. */
export const ConnectivityRequest = z.strictObject({
  kind: z.literal('connectivity'),
  jobs: z
    .array(JobChoice)
    .length(2)
    .describe('The ends of the curve. It is trained as the second job was: data, batches, schedule.'),
  epochs: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Of training the curve; those of the second job by default.'),
  learningRate: z
    .number()
    .positive()
    .max(1000)
    .optional()
    .describe('Of training the curve with SGD, before the schedule; that of the second job by default.'),
  points: z
    .int()
    .min(3)
    .max(1001)
    .default(61)
    .describe('Measured points, evenly spaced in t, with both ends.'),
  examples: Examples,
  ...ANALYSIS_FIELDS,
})
type ConnectivityRequest = z.infer<typeof ConnectivityRequest>

/** The resolved options. */
export const ConnectivityOptions = z.object({
  epochs: z.int(),
  learningRate: z.number(),
  points: z.int(),
  examples: z.int().optional(),
})
export type ConnectivityOptions = z.infer<typeof ConnectivityOptions>

/** The content of connectivity.json. */
export const ConnectivityResult = Measured.extend({
  models: z.array(ModelPlace).length(2).describe('At t = 0 and t = 1.'),
  step: z.int().describe('Updates of the bend.'),
  distances: z
    .object({ ends: z.number(), firstToBend: z.number(), bendToLast: z.number() })
    .describe('Euclidean distances between the ends and the bend.'),
  barrier: z
    .number()
    .nullable()
    .describe(
      'The highest training loss on the curve minus that of the worse end; null if one is not finite.',
    ),
  points: z.array(PointScores.extend({ t: z.number() })).describe('In the order of t.'),
}).meta({ id: 'ConnectivityResult' })
export type ConnectivityResult = z.infer<typeof ConnectivityResult>

/** The file of the trained bend, which a plane is laid through. */
export const BEND_FILE = 'bend.safetensors'

/**
 * Copies of the parameters beyond those of a training: the ends beside the bend, on the device, in saved states and at a measured point. Fitted
 * to a measured peak: docs/decisions/2026-11-30-loss-surface.md.
 */
const FURTHER_COPIES = 12

export const connectivity: AnalysisKindDefinition<ConnectivityRequest> = {
  resolve({ epochs, learningRate, points, examples }, { jobs }) {
    const { spec } = jobs[1]!
    return {
      options: {
        epochs: epochs ?? totalEpochs(spec),
        learningRate: learningRate ?? spec.optimizer.learningRate,
        points,
        ...(examples !== undefined && { examples }),
      } satisfies ConnectivityOptions,
      mistakes: surfaceMistakes(jobs, examples),
      warnings: [],
    }
  },
  furtherBytes: (_, parameters) => FURTHER_COPIES * parameters * Float32Array.BYTES_PER_ELEMENT,
  files: {
    'connectivity.json': { mediaType: 'application/json', description: 'The result' },
    'connectivity.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'Training loss, validation loss and accuracies by position on the curve',
    },
    'connectivity.svg': { mediaType: 'image/svg+xml', description: 'The losses on the curve' },
    [BEND_FILE]: {
      mediaType: 'application/octet-stream',
      description: 'The weights of the trained bend of the curve, as safetensors',
    },
  },
  result: { name: 'connectivity.json', schema: ConnectivityResult },
}
