import type { ArtifactName, ArtifactVariant } from '#domain/artifact.ts'
import type { EpochMetrics } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { EncodedArtifact } from '#exports/encode-artifact.ts'
import { NothingToEncode } from '#exports/nothing-to-encode.ts'
import { WarmChild } from './warm-child.ts'

export interface ExportTask {
  name: ArtifactName
  variant: ArtifactVariant
  spec: TrainingSpec
  series: readonly EpochMetrics[]
  /** A checkpoint file; absent when no epoch was completed. */
  checkpoint?: Uint8Array | undefined
}

const IDLE_MS = 10_000

/** Makes files in a process of its own: a compressor at its hardest would hold up every request. */
export class Exporter {
  readonly #child = new WarmChild<ExportTask, EncodedArtifact>(
    import.meta.resolve('#infra/export-process.ts'),
    IDLE_MS,
  )

  /** @throws NothingToEncode */
  async encode(task: ExportTask): Promise<EncodedArtifact> {
    const answer = await this.#child.ask(task)
    if (!('error' in answer)) return answer
    const { name, message } = answer.error
    throw name === 'NothingToEncode' ? new NothingToEncode(message) : new Error(message)
  }

  close(): void {
    this.#child.close()
  }
}
