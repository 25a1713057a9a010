import { z } from 'zod'
import { ANALYSIS_FIELDS, type AnalysisKindDefinition, JobChoice } from './analysis-base.ts'
import { ModelPlace } from './same-surface.ts'

/** Measures how evenly the magnitude of a model is spread over its weights. */
export const NormRatioRequest = z.strictObject({
  kind: z.literal('normRatio'),
  jobs: z
    .array(JobChoice)
    .min(1)
    .max(20)
    .describe('Of a job without `checkpoint`, every kept checkpoint that ends an epoch is measured.'),
  ...ANALYSIS_FIELDS,
})
type NormRatioRequest = z.infer<typeof NormRatioRequest>

/** The content of norm-ratio.json. */
export const NormRatioResult = z
  .object({
    points: z
      .array(
        ModelPlace.extend({
          parameters: z.int(),
          nonzero: z.int(),
          l1: z.number().describe('The sum of the magnitudes of all trainable parameters.'),
          l2: z.number().describe('Their Euclidean norm.'),
          ratio: z.number().nullable().describe('l2 / l1; null if all are zero.'),
          effective: z
            .number()
            .nullable()
            .describe('Effective number of weights, (l1 / l2)²: n equal magnitudes and zeros give n.'),
        }),
      )
      .describe('Job by job, by epoch.'),
  })
  .meta({ id: 'NormRatioResult' })
export type NormRatioResult = z.infer<typeof NormRatioResult>

export const normRatio: AnalysisKindDefinition<NormRatioRequest> = {
  resolve: () => ({ options: {}, mistakes: [], warnings: [] }),
  takesEveryCheckpoint: true,
  files: {
    'norm-ratio.json': { mediaType: 'application/json', description: 'The result' },
    'norm-ratio.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'Norms, their ratio and the effective number of weights by job and epoch',
    },
    'norm-ratio.svg': { mediaType: 'image/svg+xml', description: 'The effective number of weights by epoch' },
  },
  result: { name: 'norm-ratio.json', schema: NormRatioResult },
}
