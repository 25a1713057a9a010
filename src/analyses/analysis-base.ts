import { z } from 'zod'
import type { AnalysedJob, Analysis } from '#domain/analysis.ts'
import type { DatasetSpec } from '#domain/dataset.ts'
import type { Mistake } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import { Name } from '#domain/name.ts'
import { Labels } from '#domain/training-spec.ts'

const JobId = z.string().min(1).max(100)

/** A job in a request: its id, or its id and one of its checkpoints. */
export const JobChoice = z.union([
  JobId,
  z.strictObject({
    id: JobId,
    checkpoint: z
      .union([z.enum(['best', 'latest']), z.int().min(1)], {
        error: 'must be "best", "latest" or the number of an epoch',
      })
      .optional()
      .describe(
        '`best` (by `checkpoint.bestBy`), `latest` or the number of an epoch; by default the model of the job.',
      ),
  }),
])
export type JobChoice = z.infer<typeof JobChoice>

/** The fields that the requests of all kinds have. */
export const ANALYSIS_FIELDS = {
  name: Name.optional(),
  labels: Labels.default({}),
  priority: z.int().min(1).max(99).default(42).describe('A lower number runs sooner.'),
  maxRestarts: z.int().min(0).max(1000).default(5),
  maxRuntimeSeconds: z
    .int()
    .min(1)
    .max(31_536_000)
    .default(86_400)
    .describe('Running time over all attempts.'),
}

/** A request whose jobs exist, whose checkpoints are chosen, and whose dataset has been found, if it names one. */
export interface Subject {
  jobs: readonly AnalysedJob[]
  dataset?: DatasetSpec | undefined
  /** The analysis whose file this one reads, if the request names one. */
  source?: Analysis | undefined
}

/** A file of another analysis that a request names. */
export interface SourceChoice {
  /** Of the field with the id. */
  path: string
  analysisId: string
  kind: string
  file: string
}

/** The options of an analysis, with every default filled in, and the mistakes that the schema of the request cannot find. */
export interface Resolution {
  options: Record<string, unknown>
  mistakes: Mistake[]
  warnings: Warning[]
}

interface AnalysisFile {
  mediaType: string
  description: string
}

/** A kind of analysis. `workers/analyses/` computes it. */
export interface AnalysisKindDefinition<Request> {
  resolve(request: Request, subject: Subject): Resolution
  /** The file of another analysis that the request names; absent for a kind that reads none. */
  source?(request: Request): SourceChoice | undefined
  /** Of a job whose checkpoint the request does not choose, all are analysed instead of that of its model. */
  takesEveryCheckpoint?: true
  /** The memory that it needs beyond a training of the model. @param parameters of the model */
  furtherBytes?(options: Readonly<Record<string, unknown>>, parameters: number): number
  /** Every file that a finished analysis may have, by name. */
  files: Readonly<Record<string, AnalysisFile>>
  /** The JSON file that the resource shows as `result`. */
  result: { name: string; schema: z.ZodType<object> }
}
