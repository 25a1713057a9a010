import { z } from 'zod'
import { CheckpointRecord } from './checkpoint.ts'
import { TrainingSpec } from './training-spec.ts'

/** A job whose model is analysed. The analysis has its own copy of the checkpoint, under the same digest. */
export const AnalysedJob = z.object({ id: z.string(), spec: TrainingSpec, checkpoint: CheckpointRecord })
export type AnalysedJob = z.infer<typeof AnalysedJob>

/** A file of another analysis that an analysis reads. It has its own copy, under the same digest. */
const AnalysisSource = z.object({ analysisId: z.string(), name: z.string(), sha256: z.string() })

/** The analysis that a job record is of, instead of a training. `src/analyses/` defines the kinds and their options. */
export const Analysis = z.object({
  kind: z.string(),
  options: z.record(z.string(), z.unknown()).describe('With every default filled in.'),
  jobs: z.array(AnalysedJob).min(1),
  source: AnalysisSource.optional(),
})
export type Analysis = z.infer<typeof Analysis>

const PREFIX = 'analysis_'

export function isAnalysisId(id: string): boolean {
  return id.startsWith(PREFIX)
}

/** Progress of an analysis: at most 4 frames a second, without a seq, not in the history. */
export const AnalysisProgress = z
  .object({
    type: z.literal('progress'),
    analysisId: z.string(),
    attempt: z.int(),
    done: z.int().describe('In a unit of the kind, such as examples.'),
    total: z.int(),
  })
  .meta({
    id: 'AnalysisProgressFrame',
    description: 'Progress of an analysis: at most 4 frames a second, not in the history.',
  })
export type AnalysisProgress = z.infer<typeof AnalysisProgress>
