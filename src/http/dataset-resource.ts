import { z } from 'zod'
import { BUILT_IN_DATASETS, DatasetFacts } from '#domain/dataset.ts'
import { missingFiles } from '#infra/dataset-files.ts'
import type { DatasetRecord } from '#infra/uploads.ts'

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
  return { ...record, ...rest, ...facts }
}

/** Those that need no upload and whose data are here. */
export function builtInResources(datasetsDir: string): DatasetResource[] {
  return [...BUILT_IN_DATASETS.values()]
    .filter(({ id }) => missingFiles(id, datasetsDir).length === 0)
    .map(dataset => ({ ...dataset, status: 'ready' }))
}
