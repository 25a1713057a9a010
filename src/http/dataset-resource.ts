import { z } from 'zod'
import { BUILT_IN_DATASETS, DatasetFacts, Normalization } from '#domain/dataset.ts'
import { type ChunkedFile, type DatasetRecord, isUploading } from '#stores/upload-records.ts'
import { missingFiles } from '#uploads/dataset-files.ts'
import { shownFields } from './shown-fields.ts'

export const DatasetResource = DatasetFacts.partial()
  .extend({
    id: z.string(),
    name: z.string(),
    status: z.enum(['uploading', 'validating', 'ready', 'invalid']),
    upload: z
      .object({
        files: z.array(z.object({ name: z.string(), sizeBytes: z.int(), receivedBytes: z.int() })),
      })
      .optional()
      .describe(
        'Present while the files are sent in chunks: the next chunk of a file begins at `receivedBytes`.',
      ),
    createdAt: z.iso.datetime().optional().describe('Present for uploads.'),
    sha256: z.string().optional().describe('Digest of the stored form of an upload.'),
    sizeBytes: z.int().optional(),
    error: z.string().optional().describe('The error of an invalid upload, with its place.'),
  })
  .meta({ id: 'Dataset' })
export type DatasetResource = z.infer<typeof DatasetResource>

export function datasetResource(dataset: DatasetRecord): DatasetResource {
  const { state, ...record } = dataset
  const { facts, ...rest } = state.status === 'ready' ? state : { ...state, facts: undefined }
  const { statistics, ...known } = facts ?? {}
  const normalization = statistics && usable(statistics)
  const statisticsShown = normalization && { statistics: normalization }
  const upload = isUploading(dataset) && { upload: { files: dataset.files.map(progressOf) } }
  return shownFields(DatasetResource, { ...record, ...rest, ...known, ...statisticsShown, ...upload })
}

function progressOf({ name, sizeBytes, receivedBytes }: ChunkedFile) {
  return { name, sizeBytes, receivedBytes }
}

/**
 * Older records have the deviation 0 for a constant channel, newer ones 1; a sum that overflowed is null.
 * @returns statistics that `normalize` accepts; undefined if a number is missing
 */
function usable({ mean, std }: Normalization): Normalization | undefined {
  const { data } = Normalization.safeParse({ mean, std: std.map(value => (value === 0 ? 1 : value)) })
  return data
}

/** The built-in datasets whose files are present. */
export function builtInResources(datasetsDir: string): DatasetResource[] {
  return [...BUILT_IN_DATASETS.values()]
    .filter(({ id }) => missingFiles(id, datasetsDir).length === 0)
    .map(dataset => ({ ...dataset, status: 'ready' }))
}
