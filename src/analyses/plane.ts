import { z } from 'zod'
import type { Mistake } from '#domain/error.ts'
import { ANALYSIS_FIELDS, type AnalysisKindDefinition, JobChoice, type Subject } from './analysis-base.ts'
import { BEND_FILE } from './connectivity.ts'
import { Examples, Measured, ModelPlace, PointScores, surfaceMistakes } from './same-surface.ts'

/** Measures the loss on the plane through three models. */
export const PlaneRequest = z.strictObject({
  kind: z.literal('plane'),
  jobs: z
    .array(JobChoice)
    .min(2)
    .max(3)
    .describe(
      'The plane goes through their models; with two jobs, also through the bend of the curve between them.',
    ),
  analysisId: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('With two jobs: a succeeded analysis of the kind `connectivity` between the same models.'),
  points: z.int().min(2).max(201).default(29).describe('Measured points along each axis.'),
  examples: Examples,
  ...ANALYSIS_FIELDS,
})
type PlaneRequest = z.infer<typeof PlaneRequest>

/** The resolved options. */
export const PlaneOptions = z.object({
  analysisId: z.string().optional(),
  points: z.int(),
  examples: z.int().optional(),
})
export type PlaneOptions = z.infer<typeof PlaneOptions>

const Place = z.object({ x: z.number(), y: z.number() })

/** The content of plane.json. */
export const PlaneResult = Measured.extend({
  models: z.array(ModelPlace).describe('In the order of the request.'),
  analysisId: z.string().optional().describe('The analysis whose bend is the third point.'),
  axes: z
    .object({ x: z.number(), y: z.number() })
    .describe(
      'The Euclidean lengths of one unit: from the first to the second point, and from the line through both to the third.',
    ),
  third: Place.describe('The coordinates of the third point. The first is at (0, 0), the second at (1, 0).'),
  xs: z.array(z.number()).describe('The coordinates of the columns of the grid, and of its rows:'),
  ys: z.array(z.number()),
  points: z
    .array(PointScores)
    .describe('Row by row, in the order of `ys`, and in each row in the order of `xs`.'),
}).meta({ id: 'PlaneResult' })
export type PlaneResult = z.infer<typeof PlaneResult>

export const plane: AnalysisKindDefinition<PlaneRequest> = {
  resolve({ analysisId, points, examples }, subject) {
    const { jobs } = subject
    return {
      options: {
        points,
        ...(analysisId !== undefined && { analysisId }),
        ...(examples !== undefined && { examples }),
      } satisfies PlaneOptions,
      mistakes: [
        ...surfaceMistakes(jobs, examples),
        ...repeatMistakes(jobs),
        ...thirdPointMistakes(subject, analysisId),
      ],
      warnings: [],
    }
  },
  source: ({ analysisId }) =>
    analysisId === undefined
      ? undefined
      : { path: 'analysisId', analysisId: analysisId, kind: 'connectivity', file: BEND_FILE },
  files: {
    'plane.json': { mediaType: 'application/json', description: 'The result' },
    'plane.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'Training loss, validation loss and accuracies by point of the grid',
    },
    'plane.svg': { mediaType: 'image/svg+xml', description: 'The training loss and the test error as maps' },
  },
  result: { name: 'plane.json', schema: PlaneResult },
}

function repeatMistakes(jobs: Subject['jobs']): Mistake[] {
  const digests = jobs.map(({ checkpoint }) => checkpoint.sha256)
  return digests.flatMap((digest, index) => {
    const earlier = digests.indexOf(digest)
    if (earlier === index) return []
    return [
      {
        path: `jobs.${index}`,
        message: `is the same model as jobs.${earlier}; a plane goes through different models`,
      },
    ]
  })
}

function thirdPointMistakes({ jobs, source }: Subject, analysisId: string | undefined): Mistake[] {
  const mistake = (message: string) => [{ path: 'analysisId', message }]
  if (jobs.length === 3)
    return analysisId === undefined
      ? []
      : mistake('must be left out with three jobs: a plane has three points')
  if (!source)
    return mistake(
      'is required with two jobs: an analysis of the kind connectivity, whose bend is the third point',
    )
  const ends = (analysed: Subject['jobs']) => analysed.map(({ checkpoint }) => checkpoint.sha256).join()
  if (ends(jobs) === ends(source.jobs)) return []
  const ids = source.jobs.map(({ id }) => id).join(' and ')
  return mistake(
    `must be between the same models in the same order; ${analysisId} is between those of ${ids}`,
  )
}
