import { join } from 'node:path'
import { ARTIFACT_NAMES, type ArtifactName, artifactFile } from '#domain/artifact.ts'
import { encodeArtifact, type TrainingRecord } from '#interchange/encode-artifact.ts'
import type { Write } from './retrying-writer.ts'

/** Writes the artifacts that the spec requests, and always the metrics, to the folder. @returns their names */
export async function writeArtifacts(
  record: TrainingRecord,
  folder: string,
  write: Write,
): Promise<ArtifactName[]> {
  const wanted = new Set<string>(record.spec.artifacts)
  const names = ARTIFACT_NAMES.filter(name => {
    const { word } = artifactFile(name)
    return word === undefined ? name === 'metrics.csv' : wanted.has(word)
  })
  for (const name of names) await write(join(folder, name), (await encodeArtifact(name, record)).bytes)
  return names
}
