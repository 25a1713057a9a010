import { z } from 'zod'
import { ANALYSIS_FIELDS, type AnalysisKindDefinition, JobChoice } from './analysis-base.ts'
import { layersMistakes, ModelPlace } from './same-surface.ts'

/** Counts the weights of each layer that are not zero. */
export const LayersRequest = z.strictObject({
  kind: z.literal('layers'),
  jobs: z
    .array(JobChoice)
    .min(1)
    .max(20)
    .describe('Jobs with the same layers, one column of the table each.'),
  ...ANALYSIS_FIELDS,
})
type LayersRequest = z.infer<typeof LayersRequest>

const counts = z.array(z.int()).describe('Weights that are not zero, in the order of `models`.')

/** The content of layers.json. */
export const LayersResult = z
  .object({
    models: z.array(
      ModelPlace.extend({
        sparsity: z.number().describe('Share of exact zeros among all trainable parameters.'),
        weightSparsity: z.number().describe('Share of exact zeros among the kernels.'),
      }),
    ),
    layers: z
      .array(z.object({ layer: z.string(), size: z.int(), nonzero: counts }))
      .describe('In model order.'),
    variables: z.array(
      z.object({
        name: z.string(),
        layer: z.string(),
        shape: z.array(z.int()),
        size: z.int(),
        nonzero: counts,
      }),
    ),
  })
  .meta({ id: 'LayersResult' })
export type LayersResult = z.infer<typeof LayersResult>

export const layers: AnalysisKindDefinition<LayersRequest> = {
  resolve: (_, { jobs }) => ({ options: {}, mistakes: layersMistakes(jobs), warnings: [] }),
  files: {
    'layers.json': { mediaType: 'application/json', description: 'The result' },
    'layers.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'Size and sparsity of each variable, one column per job',
    },
  },
  result: { name: 'layers.json', schema: LayersResult },
}
