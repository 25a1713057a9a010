import { join } from 'node:path'
import { NotMeasured } from '#children/not-measured.ts'
import type { Children } from '#children/open-children.ts'
import type { Artifact, ArtifactVariant } from '#domain/artifact.ts'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import type { DatasetSpec } from '#domain/dataset.ts'
import type { Job } from '#domain/job.ts'
import type { RequestedCut } from '#formats/model-at.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import { fetchBlob } from '#stores/blobs/fetch-blob.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'

/** The largest uploaded dataset that is copied to measure a file. */
const MOST_DATASET_BYTES = 1024 ** 3

/** What a model scores before and after its weights are rounded, or why that could not be measured. */
export type RoundingScores = Pick<NonNullable<Artifact['rounding']>, 'validation' | 'notMeasured'>

/** Which form of a model. */
interface MeasuredForm {
  variant: ArtifactVariant
  /** Absent for the trained model without a cut. */
  cut: RequestedCut | undefined
}

/**
 * Measures the model of a checkpoint before and after its weights are rounded to int8, on the validation split of its job.
 * @throws AppError `unavailable` when too many tasks are waiting; BlobNotFoundError for the checkpoint
 */
export async function measureRounding(
  { blobs, measurer, owner }: Pick<Stores, 'blobs' | 'owner'> & Pick<Children, 'measurer'>,
  { id, spec }: Pick<Job, 'id' | 'spec'>,
  { sha256, sizeBytes }: CheckpointRecord,
  { variant, cut }: MeasuredForm,
): Promise<RoundingScores> {
  const fetchFiles = async (folder: string) => {
    const upload = await fetchDataset(blobs, spec.dataset, folder)
    const checkpoint = await readBlob(blobs, id, sha256)
    return { checkpoint, uploadFile: upload?.path, workBytes: sizeBytes + (upload?.sizeBytes ?? 0) }
  }
  try {
    return {
      validation: await measurer.measure(
        { spec, cut, structure: variant.structure },
        fetchFiles,
        owner.tenant,
      ),
    }
  } catch (error) {
    if (error instanceof NotMeasured) return { notMeasured: error.message }
    throw error
  }
}

/** The file of an uploaded dataset; undefined for a built-in one. @throws NotMeasured if it was deleted or is too large */
async function fetchDataset(
  blobs: Stores['blobs'],
  { id, upload }: DatasetSpec,
  folder: string,
): Promise<{ path: string; sizeBytes: number } | undefined> {
  if (!upload) return undefined
  const path = join(folder, 'dataset.safetensors')
  try {
    const { sizeBytes } = await blobs.stat(id, upload.sha256)
    if (sizeBytes > MOST_DATASET_BYTES)
      throw new NotMeasured(
        `The dataset ${id} has ${sizeBytes} bytes; files are measured on datasets of at most ${MOST_DATASET_BYTES}.`,
      )
    await fetchBlob(blobs, id, upload.sha256, path)
    return { path, sizeBytes }
  } catch (error) {
    throw error instanceof BlobNotFoundError ? new NotMeasured(`The dataset ${id} was deleted.`) : error
  }
}
