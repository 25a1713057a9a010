import { z } from 'zod'
import { CheckpointRecord } from '#domain/checkpoint.ts'
import { classesOf, DatasetRef } from '#domain/dataset.ts'
import { Warning } from '#domain/event.ts'
import { modelIdOf } from '#domain/model-reference.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { EXPORTING_TITLE } from '#optimization/optimizer-spec.ts'
import { PRESETS } from '#presets/preset-defaults.ts'
import { isRegistered, type ModelRecord, type RegisteredModel } from '#stores/upload-records.ts'
import { networkFacts, uploadedNetworkFacts } from '#uploads/network-facts.ts'
import { shownFields } from './shown-fields.ts'

/** More versions are in the list of models. */
export const MOST_VERSIONS = 100

/** What a registered version says about its training. */
const REGISTERED = {
  version: z.int().optional().describe('Present, like the next fields, for a registered model.'),
  jobId: z.string().optional().describe('The job that it was registered from, which may have been deleted.'),
  checkpoint: CheckpointRecord.optional().describe('The checkpoint of that job that it is.'),
  metrics: EpochMetrics.optional().describe('The metrics of the epoch of that checkpoint.'),
  versions: z
    .array(
      z.object({
        id: z.string(),
        version: z.int(),
        createdAt: z.iso.datetime(),
        jobId: z.string(),
        validationAccuracy: z.number().optional(),
        sparsity: z.number().optional(),
      }),
    )
    .optional()
    .describe(
      `Present in the answer to a name without a version: its newest ${MOST_VERSIONS} versions at most, newest first.`,
    ),
  classes: z.array(z.string()).optional().describe('Class names by output; empty if there are no classes.'),
}

export const ModelResource = z
  .object({
    id: z.string().describe('Of a registered model, its name and version: `digits@3`.'),
    name: z.string().optional().describe('Present for uploads and registered models.'),
    ...REGISTERED,
    description: z.string().optional().describe('Present for presets.'),
    parameters: z.int(),
    inputShape: z.array(z.int()),
    variables: z.array(z.object({ name: z.string(), shape: z.array(z.int()), size: z.int() })),
    defaults: JobRequest.omit({ model: true })
      .extend({ dataset: DatasetRef })
      .optional()
      .describe('The spec fields of a preset that a request may omit, if their dataset exists.'),
    defaultsWithTarget: JobRequest.pick({ optimizer: true, schedule: true, epochs: true })
      .optional()
      .describe('In place of these `defaults`, for a request with a `target`.'),
    weights: z
      .object({
        sha256: z.string(),
        sizeBytes: z.int(),
        hasState: z
          .boolean()
          .describe(
            `Whether it has the state of the optimizer, for \`init.optimizerState\`: of an upload, that of ${EXPORTING_TITLE}.`,
          ),
      })
      .optional()
      .describe('The weights of the model, if it has any: its jobs start from them.'),
    warnings: z
      .array(Warning)
      .optional()
      .describe(
        'Differences between the files of an upload and the training in this service. Its jobs have the same warnings.',
      ),
    createdAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'Model' })
export type ModelResource = z.infer<typeof ModelResource>

export const PRESET_RESOURCES: readonly ModelResource[] = PRESET_NAMES.map(id => {
  const { description, defaults, withTarget } = PRESETS[id]
  const facts = networkFacts(PRESET_TOPOLOGIES[id])
  return { id, description, ...facts, defaults, ...(withTarget && { defaultsWithTarget: withTarget }) }
})

export function modelResource(record: ModelRecord): ModelResource {
  const { model, warnings = [], ...rest } = record
  const { refusal, ...facts } = uploadedNetworkFacts(model)
  const refused = refusal === undefined ? [] : [{ code: 'not_trained_here', path: 'model', message: refusal }]
  const shown = { ...rest, id: modelIdOf(record), warnings: [...warnings, ...refused], ...facts }
  return shownFields(ModelResource, isRegistered(record) ? { ...shown, ...trainingOf(record) } : shown)
}

function trainingOf({ source: { spec, checkpoints, metrics } }: RegisteredModel) {
  return {
    classes: [...classesOf(spec.dataset)],
    checkpoint: checkpoints[0]!,
    ...(metrics && { metrics }),
  }
}

/** An entry of the list of the versions of a name. */
export function listedVersion({ source, ...model }: RegisteredModel) {
  const { version, createdAt, jobId } = model
  const { validationAccuracy, sparsity } = source.metrics ?? {}
  return {
    id: modelIdOf(model),
    version,
    createdAt,
    jobId,
    ...(validationAccuracy !== undefined && { validationAccuracy }),
    ...(sparsity !== undefined && { sparsity }),
  }
}
