import { z } from 'zod'
import { DatasetRef } from '#domain/dataset.ts'
import { Warning } from '#domain/event.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { EXPORTING_TITLE } from '#optimization/optimizer-spec.ts'
import { PRESETS } from '#presets/preset-defaults.ts'
import type { ModelRecord } from '#stores/upload-records.ts'
import { networkFacts, uploadedNetworkFacts } from '#uploads/network-facts.ts'
import { shownFields } from './shown-fields.ts'

export const ModelResource = z
  .object({
    id: z.string(),
    name: z.string().optional().describe('Present for uploads.'),
    description: z.string().optional().describe('Present for presets.'),
    parameters: z.int(),
    inputShape: z.array(z.int()),
    variables: z.array(z.object({ name: z.string(), shape: z.array(z.int()), size: z.int() })),
    defaults: JobRequest.omit({ model: true })
      .extend({ dataset: DatasetRef })
      .optional()
      .describe('The spec fields of a preset that a request may omit, if their dataset exists.'),
    weights: z
      .object({
        sha256: z.string(),
        sizeBytes: z.int(),
        hasState: z
          .boolean()
          .describe(`Whether the upload has the state of ${EXPORTING_TITLE}, for \`init.optimizerState\`.`),
      })
      .optional()
      .describe('The weights of an upload, if it has any: its jobs start from them.'),
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
  const { description, defaults } = PRESETS[id]
  return { id, description, ...networkFacts(PRESET_TOPOLOGIES[id]), defaults }
})

export function modelResource({ model, warnings = [], ...record }: ModelRecord): ModelResource {
  const { refusal, ...facts } = uploadedNetworkFacts(model)
  const refused = refusal === undefined ? [] : [{ code: 'not_trained_here', path: 'model', message: refusal }]
  return shownFields(ModelResource, { ...record, warnings: [...warnings, ...refused], ...facts })
}
