import { z } from 'zod'
import type { AnalysedJob } from '#domain/analysis.ts'
import { DatasetSelection, type DatasetSpec, factsOf } from '#domain/dataset.ts'
import type { Mistake } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import { activationOf } from '#domain/loss.ts'
import { outputCount } from '#domain/topology-of.ts'
import {
  ANALYSIS_FIELDS,
  type AnalysisKindDefinition,
  JobChoice,
  type Resolution,
  type Subject,
} from './analysis-base.ts'

import { EvaluationResult } from './evaluation-result.ts'

const Split = z.enum(['validation', 'test', 'train'])

/** Measures the model of a job on a dataset, alone or beside the model of a second job. */
export const EvaluationRequest = z.strictObject({
  kind: z.literal('evaluation'),
  jobs: z
    .array(JobChoice)
    .min(1)
    .max(2)
    .describe('The evaluated job, and possibly a second one to compare it with, such as its dense twin.'),
  dataset: DatasetSelection.pick({ id: true })
    .strict()
    .optional()
    .describe('The dataset of the job by default. The preprocessing is always that of each job.'),
  split: Split.optional().describe(
    '`validation` (the default without `dataset`): the examples that the job was validated on. `train`: those that it was trained on; of another dataset, its whole training split. `test` is the default with `dataset`, if it has a test split.',
  ),
  ...ANALYSIS_FIELDS,
})
type EvaluationRequest = z.infer<typeof EvaluationRequest>

/** The resolved options. */
export const EvaluationOptions = z.object({
  dataset: z.object({ id: z.string() }),
  split: Split,
})
export type EvaluationOptions = z.infer<typeof EvaluationOptions>

export const evaluation: AnalysisKindDefinition<EvaluationRequest> = {
  resolve,
  files: {
    'evaluation.json': { mediaType: 'application/json', description: 'The result' },
    'per-class.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'Precision, recall, F1 and support of each class; of each target, its errors',
    },
    'confusion.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'The confusion matrix: one row per class, one column per predicted class',
    },
    'flipped.csv': {
      mediaType: 'text/csv; charset=utf-8',
      description: 'Every example that the two models predict differently',
    },
  },
  result: { name: 'evaluation.json', schema: EvaluationResult },
}

function resolve({ dataset: named, split }: EvaluationRequest, { jobs, dataset }: Subject): Resolution {
  const { spec } = jobs[0]!
  const evaluated = dataset ?? spec.dataset
  const isOther = evaluated.id !== spec.dataset.id
  const splits = factsOf(evaluated)!.splits
  const usual = named && isOther ? (splits.test > 0 ? 'test' : 'train') : 'validation'
  const chosen = split ?? usual
  return {
    options: { dataset: { id: evaluated.id }, split: chosen } satisfies EvaluationOptions,
    mistakes: [
      ...jobs.flatMap((job, index) => datasetMistakes(job, evaluated, index)),
      ...splitMistakes(chosen, evaluated, isOther),
      ...twinMistakes(jobs),
    ],
    warnings: heldOutWarnings(jobs, chosen, isOther),
  }
}

/** The examples must fit the model, and their labels must mean the same. */
function datasetMistakes({ id, spec }: AnalysedJob, dataset: DatasetSpec, index: number): Mistake[] {
  const [given, trained] = [factsOf(dataset)!, factsOf(spec.dataset)!]
  const path = index === 0 ? 'dataset.id' : `jobs.${index}`
  const need = (what: string, has: string, wants: string) => ({
    path,
    message: `${dataset.id} has ${what} ${has}, but the model of ${id} was trained with ${wants}`,
  })
  return [
    ...(isSame(given.inputShape, trained.inputShape)
      ? []
      : [need('examples of shape', `[${given.inputShape}]`, `[${trained.inputShape}]`)]),
    ...(given.dtype === trained.dtype ? [] : [need('values of type', given.dtype, trained.dtype)]),
    ...(isSame(given.classes, trained.classes)
      ? []
      : [need('the classes', described(given.classes), described(trained.classes))]),
    ...(given.targets === trained.targets
      ? []
      : [need('targets per example:', String(given.targets ?? 0), String(trained.targets ?? 0))]),
  ]
}

const MOST_NAMED = 10

function described(classes: readonly string[]): string {
  const more = classes.length > MOST_NAMED ? `, ... (${classes.length} in all)` : ''
  return `[${classes.slice(0, MOST_NAMED).join(', ')}${more}]`
}

function splitMistakes(split: EvaluationOptions['split'], dataset: DatasetSpec, isOther: boolean): Mistake[] {
  if (split === 'validation' && isOther)
    return [{ path: 'split', message: `must be "test" or "train" for a dataset other than that of the job` }]
  if (split === 'test' && factsOf(dataset)!.splits.test === 0)
    return [{ path: 'split', message: `must not be "test": ${dataset.id} has no test split` }]
  return []
}

/** The predictions of two models can be compared if both choose among the same classes, or estimate the same numbers. */
function twinMistakes([job, twin]: readonly AnalysedJob[]): Mistake[] {
  if (!job || !twin) return []
  const [own, other] = [job.spec, twin.spec].map(({ loss, model }) => ({
    activation: activationOf(loss),
    outputs: outputCount(model),
  }))
  if (isSame(own, other)) return []
  const words = ({ activation, outputs }: { activation: string; outputs: number }) =>
    `${outputs} ${activation} outputs`
  const message = `has ${words(other!)}, but ${job.id} has ${words(own!)}: their predictions cannot be compared`
  return [{ path: 'jobs.1', message }]
}

/** The second job may have trained on the examples that the first one has held out. */
function heldOutWarnings(
  [job, twin]: readonly AnalysedJob[],
  split: EvaluationOptions['split'],
  isOther: boolean,
): Warning[] {
  if (!job || !twin || isOther || split !== 'validation' || !('fraction' in job.spec.validation)) return []
  const heldOut = ({ spec }: AnalysedJob) => [spec.dataset.id, spec.validation, spec.seed]
  if (isSame(heldOut(job), heldOut(twin))) return []
  const message = `${twin.id} has held out other examples than ${job.id}, so it was trained on some of the evaluated ones. Give both jobs the same seed and validation.fraction.`
  return [{ code: 'other_examples_held_out', path: 'jobs.1', message }]
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
