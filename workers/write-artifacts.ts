import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ARTIFACT_FILES, type ArtifactName } from '#domain/artifact.ts'
import type { EpochMetrics } from '#domain/event.ts'
import { seriesToCsv } from '#domain/metric-series.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import { encodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { modelMetadata } from './model-metadata.ts'
import type { Weight } from './weights.ts'

/** A training's result: the last epoch's weights and what was measured after each epoch. */
export interface Trained {
  weights: readonly Weight[]
  series: readonly EpochMetrics[]
}

/** Writes the files that the spec asks for into the folder, and the metrics always. @returns their names */
export async function writeArtifacts(
  spec: TrainingSpec,
  { weights, series }: Trained,
  folder: string,
): Promise<ArtifactName[]> {
  const encoders: Record<ArtifactName, () => Uint8Array | string> = {
    'model.sparse.safetensors': () => encodeSparseSafetensors(weights, modelMetadata(spec)),
    'model.safetensors': () => encodeSafetensors(weights, modelMetadata(spec)),
    'metrics.csv': () => seriesToCsv(series),
  }
  const names = (Object.keys(encoders) as ArtifactName[]).filter(name => {
    const { word } = ARTIFACT_FILES[name]
    return word === undefined || spec.artifacts.includes(word)
  })
  for (const name of names) await writeFile(join(folder, name), encoders[name]())
  return names
}
