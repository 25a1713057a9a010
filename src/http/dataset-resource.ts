import { z } from 'zod'
import { BUILT_IN_DATASETS, DatasetFacts, Normalization } from '#domain/dataset.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'
import { missingFiles } from '#uploads/dataset-files.ts'
import { shownFields } from './shown-fields.ts'

export const DatasetResource = DatasetFacts.partial()
  .extend({
    id: z.string(),
    name: z.string(),
    status: z.enum(['validating', 'ready', 'invalid']),
    createdAt: z.iso.datetime().optional().describe('Of an upload.'),
    sha256: z.string().optional().describe('Of what is stored of an upload.'),
    sizeBytes: z.int().optional(),
    error: z.string().optional().describe('What is wrong with an upload, and where.'),
  })
  .meta({ id: 'Dataset' })
export type DatasetResource = z.infer<typeof DatasetResource>

export function datasetResource({ state, ...record }: DatasetRecord): DatasetResource {
  const { facts, ...rest } = state.status === 'ready' ? state : { ...state, facts: undefined }
  const { statistics, ...known } = facts ?? {}
  const normalization = statistics && usable(statistics)
  const statisticsShown = normalization && { statistics: normalization }
  return shownFields(DatasetResource, { ...record, ...rest, ...known, ...statisticsShown })
}

/**
 * Older records have 0 as the deviation of a constant channel, where newer ones have 1, and null where a sum overflowed.
 * @returns statistics that `normalize` accepts; none where a number is missing
 */
function usable({ mean, std }: Normalization): Normalization | undefined {
  const { data } = Normalization.safeParse({ mean, std: std.map(value => (value === 0 ? 1 : value)) })
  return data
}

/** Those that need no upload and whose data are here. */
export function builtInResources(datasetsDir: string): DatasetResource[] {
  return [...BUILT_IN_DATASETS.values()]
    .filter(({ id }) => missingFiles(id, datasetsDir).length === 0)
    .map(dataset => ({ ...dataset, status: 'ready' }))
}
