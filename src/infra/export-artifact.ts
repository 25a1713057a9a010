import { ARTIFACT_FILES, type Artifact, type ArtifactName } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import { decodeSparseSafetensors, encodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import type { World } from './connect.ts'

/** The files that hold the whole model, so that each can be made from any other, to the same bytes as the runner's. */
const MODEL_FORMATS = new Map<string, { encode: typeof encodeSafetensors; decode: typeof decodeSafetensors }>(
  [
    ['model.sparse.safetensors', { encode: encodeSparseSafetensors, decode: decodeSparseSafetensors }],
    ['model.safetensors', { encode: encodeSafetensors, decode: decodeSafetensors }],
  ],
)

/**
 * Makes a file that the job did not ask for from the model that it left, and keeps it.
 * @throws AppError `not_found` when there is no model to make it from
 */
export async function exportArtifact(
  { jobs, blobs }: Pick<World, 'jobs' | 'blobs'>,
  job: Job,
  name: ArtifactName,
): Promise<Artifact> {
  const wanted = MODEL_FORMATS.get(name)
  const source = job.artifacts.find(artifact => MODEL_FORMATS.has(artifact.name))
  if (!source || !wanted) throw new AppError('not_found', `The job has ${job.status} and left no ${name}.`)
  const { stream } = await blobs.open(job.id, source.sha256)
  const bytes = Buffer.concat(await stream.toArray())
  const { tensors, metadata } = MODEL_FORMATS.get(source.name)!.decode(bytes)
  const stored = await blobs.put(job.id, [wanted.encode(tensors, metadata)])
  const { mediaType, description } = ARTIFACT_FILES[name]
  const artifact = { name, mediaType, description, ...stored }
  await jobs.recordExport(job.id, artifact)
  return artifact
}
