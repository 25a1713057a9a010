import { type ArtifactName, type ArtifactVariant, artifactFile } from '#domain/artifact.ts'

const RUNTIME_ZIP = 'Model, runtime and index.html, a page that runs the model in a browser'

/** The type and the description of a variant. */
export function describeFile(name: ArtifactName, { runtime }: ArtifactVariant) {
  const { mediaType, description } = artifactFile(name)
  if (!runtime) return { mediaType, description }
  return { mediaType: 'application/zip', description: RUNTIME_ZIP }
}
