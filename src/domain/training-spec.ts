import { z } from 'zod'
import { Target } from '#optimization/cut.ts'
import { Finish, FinishRequest } from '#optimization/finish.ts'
import { OptimizerRequest, OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { ScheduleSpec } from '#optimization/schedule-spec.ts'
import { ARTIFACT_WORDS } from './artifact.ts'
import { Augmentation } from './augmentation.ts'
import { DatasetSelection, DatasetSpec } from './dataset.ts'
import { EarlyStopping } from './early-stopping.ts'
import { Init, InitRequest } from './init-spec.ts'
import { Loss } from './loss.ts'
import { ModelSelection, ModelSpec } from './model-spec.ts'
import { Line, Name } from './name.ts'
import { ExpiresAfter } from './retention.ts'

/** See artifact.ts for their files. */
const ArtifactWord = z.enum(ARTIFACT_WORDS)

const Validation = z
  .union([
    z.strictObject({ split: z.literal('test') }),
    z.strictObject({
      fraction: z
        .number()
        .positive()
        .max(0.9)
        .describe('Share of the training split that is held out, stratified by class.'),
    }),
  ])
  .meta({ id: 'Validation' })

/** When a job makes checkpoints, and which it keeps. */
const CheckpointSpec = z
  .strictObject({
    everyEpochs: z.int().min(1).max(100_000).default(1).describe('The last epoch always has a checkpoint.'),
    keepLatest: z.int().min(1).max(100).default(1),
    keepBest: z.int().min(0).max(100).default(1),
    bestBy: z.enum(['validationAccuracy', 'validationLoss']).default('validationAccuracy'),
  })
  .meta({ id: 'CheckpointSpec' })
export type CheckpointSpec = z.infer<typeof CheckpointSpec>

export const LabelKey = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,63}$/, 'must be 1 to 63 letters, digits, dots, dashes or underscores')
export const LabelValue = Line.max(255)
export const Labels = z
  .record(LabelKey, LabelValue)
  .refine(labels => Object.keys(labels).length <= 32, 'at most 32 labels')

const JOB_EXAMPLES = [
  {
    name: 'sparse digits',
    model: { preset: 'mnist-mlp' },
    optimizer: { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 },
    epochs: 10,
    labels: { team: 'vision' },
  },
]

/** The body of `POST /v1/jobs`. Only `model` is required: a preset provides whole fields that are omitted. */
export const JobRequest = z
  .strictObject({
    name: Name.optional(),
    dataset: DatasetSelection.optional(),
    model: ModelSelection,
    init: InitRequest.optional(),
    optimizer: OptimizerRequest.optional(),
    schedule: ScheduleSpec.optional(),
    loss: Loss.optional(),
    batchSize: z.int().min(1).max(65_536).optional(),
    epochs: z.int().min(1).max(100_000).optional(),
    seed: z.int().min(0).max(4_294_967_295).optional(),
    shuffle: z.boolean().optional(),
    validation: Validation.optional(),
    augmentation: z
      .array(Augmentation)
      .max(10)
      .optional()
      .describe('Applied to training images; empty for none.'),
    checkpoint: CheckpointSpec.optional(),
    earlyStopping: EarlyStopping.optional(),
    mask: z
      .literal('support')
      .optional()
      .describe('With `init`: weights that are zero at the start stay zero, whatever the optimizer does.'),
    target: Target.optional().describe(
      'The sparsity or size of the model. It determines how the threshold of the optimizer grows, so `optimizer.c` may be left out.',
    ),
    finish: FinishRequest.optional(),
    artifacts: z.array(ArtifactWord).min(1).max(20).optional(),
    maxRestarts: z.int().min(0).max(1000).optional(),
    maxRuntimeSeconds: z.int().min(1).max(31_536_000).optional().describe('Running time over all attempts.'),
    expiresAfterSeconds: ExpiresAfter.optional().describe(
      'When the files of the job are deleted, counted from its end. The default is that of the tenant; `{}` keeps them.',
    ),
    priority: z.int().min(1).max(99).optional().describe('A lower number runs sooner.'),
    labels: Labels.optional(),
  })
  .meta({ id: 'JobRequest', examples: JOB_EXAMPLES })
export type JobRequest = z.infer<typeof JobRequest>

/** A job's spec: the request with every default filled in. */
export const TrainingSpec = JobRequest.required()
  .omit({ name: true, init: true })
  .extend({
    optimizer: OptimizerSpec,
    dataset: DatasetSpec,
    model: ModelSpec,
    init: Init.optional(),
    earlyStopping: EarlyStopping.optional(),
    mask: JobRequest.shape.mask,
    target: Target.optional(),
    finish: Finish.optional(),
    expiresAfterSeconds: JobRequest.shape.expiresAfterSeconds,
  })
  .meta({ id: 'TrainingSpec' })
export type TrainingSpec = z.infer<typeof TrainingSpec>
