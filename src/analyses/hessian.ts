import { z } from 'zod'
import type { Mistake } from '#domain/error.ts'
import { topologyOf } from '#domain/topology-of.ts'
import { parameterCount } from '#network/variables.ts'
import { ANALYSIS_FIELDS, type AnalysisKindDefinition, JobChoice, type Subject } from './analysis-base.ts'
import { Examples, Measured, ModelPlace, surfaceMistakes } from './same-surface.ts'

/** Compares the differences between models with the directions in which the training loss is curved most. */
export const HessianRequest = z.strictObject({
  kind: z.literal('hessian'),
  jobs: z
    .array(JobChoice)
    .min(2)
    .max(20)
    .describe(
      'The Hessian is that at the model of the last job; the differences of the others from it are projected.',
    ),
  eigenvectors: z.int().min(1).max(50).default(10).describe('Dimension of the top eigenspace.'),
  tolerance: z
    .number()
    .positive()
    .max(0.1)
    .default(0.001)
    .describe('Accepted residual of an eigenpair, as a share of the largest eigenvalue.'),
  maxProducts: z
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('The iteration ends after so many Hessian-vector products, converged or not.'),
  examples: Examples,
  ...ANALYSIS_FIELDS,
})
type HessianRequest = z.infer<typeof HessianRequest>

/** The resolved options. */
export const HessianOptions = z.object({
  eigenvectors: z.int(),
  tolerance: z.number(),
  maxProducts: z.int(),
  examples: z.int().optional(),
})
export type HessianOptions = z.infer<typeof HessianOptions>

/** The content of hessian.json. */
export const HessianResult = Measured.extend({
  at: ModelPlace.describe('The model at which the Hessian is taken.'),
  parameters: z.int(),
  products: z.int().describe('Hessian-vector products of the iteration.'),
  converged: z.boolean().describe('Whether every residual estimate is within the tolerance.'),
  eps: z.number().describe('Distance from the model at which gradients are taken for their differences.'),
  asymmetry: z
    .number()
    .describe('The largest |u_i H u_j - u_j H u_i| over the eigenvectors: 0 for exact products.'),
  eigenpairs: z
    .array(
      z.object({
        value: z.number().describe('Rayleigh quotient u H u.'),
        residual: z.number().describe('||H u - value u||.'),
        differenceError: z
          .number()
          .describe(
            'Estimated truncation error of H u: a third of the length of its change when eps is doubled.',
          ),
      }),
    )
    .describe('The largest value first.'),
  baseline: z
    .number()
    .describe(
      'sqrt(eigenvectors / parameters): the root mean square of the projection of a random direction.',
    ),
  projections: z
    .array(
      ModelPlace.extend({
        distance: z.number().describe('||d||, the distance from the last model.'),
        projection: z.number().describe('||P d|| / ||d||, 0 to 1.'),
        cosines: z.array(z.number()).describe('u_i d / ||d||, in the order of the eigenpairs.'),
        curvature: z.number().describe('d H d / ||d||²: compare it with the eigenvalues.'),
      }),
    )
    .describe('Of every job but the last.'),
}).meta({ id: 'HessianResult' })
export type HessianResult = z.infer<typeof HessianResult>

export const hessian: AnalysisKindDefinition<HessianRequest> = {
  resolve({ eigenvectors, tolerance, maxProducts, examples }, { jobs }) {
    return {
      options: {
        eigenvectors,
        tolerance,
        maxProducts,
        ...(examples !== undefined && { examples }),
      } satisfies HessianOptions,
      mistakes: [...surfaceMistakes(jobs, examples), ...dimensionMistakes(eigenvectors, maxProducts, jobs)],
      warnings: [],
    }
  },
  furtherBytes(options, parameters) {
    const { eigenvectors } = HessianOptions.parse(options)
    return vectorBytes(BASIS_COPIES * basisSize(eigenvectors, parameters) + OTHER_VECTORS, parameters)
  },
  files: {
    'hessian.json': { mediaType: 'application/json', description: 'The result' },
    'hessian.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'The eigenpairs, and the part of each difference along each eigenvector',
    },
    'hessian.svg': {
      mediaType: 'image/svg+xml',
      description: 'The part of each difference along each eigenvector, beside a random direction',
    },
  },
  result: { name: 'hessian.json', schema: HessianResult },
}

/** Vectors that a restart of the Lanczos iteration keeps beyond the wanted ones, which speeds up the convergence of the last of these. */
const EXTRA_VECTORS = 4
/** The basis has at most so many vectors more than a restart keeps, fewer for a large model, and at least two. */
const ROOM = 16
const MOST_BASIS_BYTES = 2 ** 30
/** The basis, and its copy in a saved state. */
const BASIS_COPIES = 2
/** Products, differences and what they come from. */
const OTHER_VECTORS = 6

/** The vectors that a restart of the Lanczos iteration keeps. */
export function keptVectors(eigenvectors: number, dimension: number): number {
  return Math.min(eigenvectors + EXTRA_VECTORS, dimension)
}

/** The vectors that the Lanczos iteration holds at most. */
export function basisSize(eigenvectors: number, dimension: number): number {
  const keep = keptVectors(eigenvectors, dimension)
  const fitting = Math.floor(MOST_BASIS_BYTES / vectorBytes(1, dimension))
  return Math.min(Math.max(keep + 2, Math.min(keep + ROOM, fitting)), dimension)
}

function vectorBytes(count: number, dimension: number): number {
  return count * dimension * Float32Array.BYTES_PER_ELEMENT
}

function dimensionMistakes(eigenvectors: number, maxProducts: number, jobs: Subject['jobs']): Mistake[] {
  const parameters = parameterCount(topologyOf(jobs.at(-1)!.spec.model))
  return [
    ...(eigenvectors > parameters
      ? [{ path: 'eigenvectors', message: `must be at most ${parameters}: the model has no more weights` }]
      : []),
    ...(maxProducts < eigenvectors
      ? [{ path: 'maxProducts', message: `must be at least ${eigenvectors}, one for each eigenvector` }]
      : []),
  ]
}
