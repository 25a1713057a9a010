import type { ReportedResults } from '#analyses/reported-results.ts'
import type { ArtifactName, ArtifactVariant } from '#domain/artifact.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { RequestedCut } from '#formats/model-at.ts'
import type { EncodedArtifact } from '#interchange/encode-artifact.ts'
import { NothingToEncode } from '#interchange/nothing-to-encode.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Latency } from '#optimization/latency.ts'
import type { Tradeoff } from '#optimization/tradeoff.ts'
import type { CheckpointSource } from '#stores/blobs/checkpoint-source.ts'
import { EXPORT } from './child-limits.ts'
import { ChildPool } from './child-pool.ts'
import { taskFailure } from './task-failure.ts'

export interface ExportTask {
  name: ArtifactName
  variant: ArtifactVariant
  spec: TrainingSpec
  series: readonly EpochMetrics[]
  analyses?: ReportedResults | undefined
  /** See `TrainingRecord`. */
  cut?: RequestedCut | undefined
  tradeoff?: Tradeoff | undefined
  latency?: Latency | undefined
  /** A checkpoint file; absent when no epoch was completed. */
  checkpoint?: Uint8Array | undefined
}

/** Encodes artifacts in child processes: a compressor at its highest level would block every request. */
export class Exporter {
  readonly #pool: ChildPool<ExportTask, EncodedArtifact>
  readonly #kind

  constructor(kind = EXPORT) {
    this.#kind = kind
    this.#pool = new ChildPool(import.meta.resolve('#children/export-process.ts'), kind.pool)
  }

  /** @param tenant of the client. @throws NothingToEncode; AppError `limit_exceeded` or `unavailable` */
  async encode(
    task: Omit<ExportTask, 'checkpoint'>,
    checkpoint?: CheckpointSource,
    tenant?: string,
  ): Promise<EncodedArtifact> {
    const bytes = checkpoint?.sizeBytes ?? 0
    const turn = { tenant, isLarge: bytes > this.#kind.largeBytes }
    const answer = await this.#pool
      .use(
        async child => child.ask({ ...task, checkpoint: await checkpoint?.load() }, this.#kind.limits(bytes)),
        turn,
      )
      .catch(error => {
        throw taskFailure(error, `making ${task.name}`, 'ask for another format')
      })
    if (!('error' in answer)) return answer
    const { name, message, stack } = answer.error
    throw name === 'NothingToEncode'
      ? new NothingToEncode(message)
      : Object.assign(new Error(message), { stack })
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}
