import { ARTIFACT_FILES, type Artifact, type ArtifactName } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import type { World } from './connect.ts'

const SOURCE = 'model.sparse.safetensors'

/**
 * Makes a file that the job did not ask for from the sparse model that it has, and keeps it.
 * @throws AppError `not_found` when there is no model to make it from
 */
export async function exportArtifact(
  { jobs, blobs }: Pick<World, 'jobs' | 'blobs'>,
  job: Job,
  name: ArtifactName,
): Promise<Artifact> {
  const source = job.artifacts.find(artifact => artifact.name === SOURCE)
  if (!source || name !== 'model.safetensors') {
    throw new AppError('not_found', `The job has ${job.status} and left no ${name}.`)
  }
  const { stream } = await blobs.open(job.id, source.sha256)
  const { tensors, metadata } = decodeSparseSafetensors(Buffer.concat(await stream.toArray()))
  const stored = await blobs.put(job.id, [encodeSafetensors(tensors, metadata)])
  const { mediaType, description } = ARTIFACT_FILES[name]
  const artifact = { name, mediaType, description, ...stored }
  await jobs.recordExport(job.id, artifact)
  return artifact
}
