import { z } from 'zod'
import { Structure } from '#network/channels/structure.ts'
import { ANALYSIS_FIELDS, type AnalysisKindDefinition, JobChoice } from './analysis-base.ts'
import { ModelPlace } from './same-surface.ts'

/** Finds the channels and units of a model that do nothing, and times predictions without them. */
export const StructureRequest = z.strictObject({
  kind: z.literal('structure'),
  jobs: z.array(JobChoice).length(1),
  ...ANALYSIS_FIELDS,
})
type StructureRequest = z.infer<typeof StructureRequest>

const milliseconds = z.number().positive()

/** How long predictions with and without the channels take, with the same runtime. */
const StructureTimes = z.object({
  processor: z.string().describe('As the operating system names it.'),
  backend: z.string().describe('The kernels of the runtime that predicted.'),
  threads: z.int(),
  timings: z.array(
    z.object({
      batchSize: z.int().describe('Examples of one prediction.'),
      denseMilliseconds: milliseconds.describe('The whole network with every weight.'),
      compactMilliseconds: milliseconds.describe('The smaller network with every weight.'),
      sparseMilliseconds: milliseconds.describe('The whole network without the zeros where that is faster.'),
      compactSparseMilliseconds: milliseconds.describe('The smaller network without the zeros.'),
    }),
  ),
})
export type StructureTimes = z.infer<typeof StructureTimes>

/** The content of structure.json. */
export const StructureResult = Structure.pick({ parameters: true, multiplyAdds: true })
  .extend({
    model: ModelPlace,
    layers: z
      .array(
        z.object({
          layer: z.string(),
          channels: z.int().describe('Filters or units.'),
          live: z.int().describe('Channels whose values the outputs of the network depend on.'),
          kept: z
            .int()
            .describe(
              'Channels of the smaller network: the live ones, and those that a tie or a rule keeps.',
            ),
          multiplyAdds: Structure.shape.multiplyAdds,
        }),
      )
      .describe('Every layer with kernels, in model order.'),
    times: StructureTimes.optional().describe('Absent if the runtime cannot compute the network.'),
  })
  .meta({ id: 'StructureResult' })
export type StructureResult = z.infer<typeof StructureResult>

export const structure: AnalysisKindDefinition<StructureRequest> = {
  resolve: () => ({ options: {}, mistakes: [], warnings: [] }),
  files: {
    'structure.json': { mediaType: 'application/json', description: 'The result' },
    'structure.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'Channels and multiply-adds of each layer, before and after the removal',
    },
  },
  result: { name: 'structure.json', schema: StructureResult },
}
