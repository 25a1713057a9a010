import { z } from 'zod'
import type { AnalysedJob } from '#domain/analysis.ts'
import { ARTIFACT_FILES } from '#domain/artifact.ts'
import type { Mistake } from '#domain/error.ts'
import { cutOf, lastOptimizer } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import { parameterCount } from '#network/variables.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
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
  resolve: ({ levels }, { jobs: [job] }) => ({
    options: { levels } satisfies TradeoffOptions,
    mistakes: levels.flatMap((level, index) => levelMistake(level, `levels.${index}`, job!)),
    warnings: [],
  }),
  files: {
    'tradeoff.json': ARTIFACT_FILES['tradeoff.json'],
    'tradeoff-statistics.safetensors': ARTIFACT_FILES['tradeoff-statistics.safetensors'],
  },
  result: { name: 'tradeoff.json', schema: Tradeoff },
}

/** A sparsity that no curve can reach for certain. What else the curves reach is known only once the weights are read. */
function levelMistake(level: number, path: string, { spec, checkpoint }: AnalysedJob): Mistake[] {
  const parameters = parameterCount(topologyOf(spec.model))
  // As for a cut: 1 - 0.9 is slightly less than 0.1.
  if (parameters * (1 - level) + 1e-6 < 1) {
    const largest = Math.floor((1 - 1 / parameters) * 1e8) / 1e8
    return [{ path, message: `must be at most ${largest}: no weight of ${parameters} would remain` }]
  }
  const cut = checkpoint.phase && cutOf(spec)?.sparsity
  const optimizer = lastOptimizer(spec)
  const isFinal = !optimizer || !thresholdOf(optimizer)
  if (cut === undefined || level >= cut || !isFinal) return []
  return [
    {
      path,
      message: `must be at least ${cut}: the job cuts its weights to this, and no rule brings them back`,
    },
  ]
}
