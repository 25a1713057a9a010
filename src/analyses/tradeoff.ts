import { z } from 'zod'
import { ARTIFACT_FILES } from '#domain/artifact.ts'
import { Tradeoff } from '#optimization/tradeoff.ts'
import { ANALYSIS_FIELDS, type AnalysisKindDefinition, JobChoice } from './analysis-base.ts'

/** Measures the model of a job at other sparsities. */
export const TradeoffRequest = z.strictObject({
  kind: z.literal('tradeoff'),
  jobs: z.array(JobChoice).length(1),
  levels: z
    .array(z.number().positive().lt(1))
    .max(100)
    .default([])
    .describe('Sparsities to measure beside the usual ones, on every curve whose rule can reach them.'),
  ...ANALYSIS_FIELDS,
})
type TradeoffRequest = z.infer<typeof TradeoffRequest>

/** The resolved options. */
export const TradeoffOptions = z.object({ levels: z.array(z.number()) })
export type TradeoffOptions = z.infer<typeof TradeoffOptions>

export const tradeoff: AnalysisKindDefinition<TradeoffRequest> = {
  resolve: ({ levels }) => ({ options: { levels } satisfies TradeoffOptions, mistakes: [], warnings: [] }),
  files: {
    'tradeoff.json': ARTIFACT_FILES['tradeoff.json'],
    'tradeoff-statistics.safetensors': ARTIFACT_FILES['tradeoff-statistics.safetensors'],
  },
  result: { name: 'tradeoff.json', schema: Tradeoff },
}
