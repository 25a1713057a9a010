import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ArtifactName, ArtifactVariant } from '#domain/artifact.ts'
import type { EpochMetrics } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { EncodedArtifact } from '#exports/encode-artifact.ts'
import { NothingToEncode } from '#exports/nothing-to-encode.ts'
import { harmlessEnvironment } from '#src/config.ts'

export interface ExportTask {
  name: ArtifactName
  variant: ArtifactVariant
  spec: TrainingSpec
  series: readonly EpochMetrics[]
  /** A checkpoint file; absent when no epoch was completed. */
  checkpoint?: Uint8Array | undefined
}

export type ExportAnswer = EncodedArtifact | { error: { name: string; message: string } }

const IDLE_MS = 10_000

/**
 * Makes files in a process of its own, one at a time: a compressor at its hardest would hold up every request, and a large
 * model needs memory that the api does not have to spare.
 */
export class Exporter {
  #last: Promise<unknown> = Promise.resolve()
  #child: ChildProcess | undefined
  #idle: NodeJS.Timeout | undefined

  /** @throws NothingToEncode */
  encode(task: ExportTask): Promise<EncodedArtifact> {
    const encoded = this.#last.then(() => this.#run(task))
    this.#last = encoded.catch(() => {})
    return encoded
  }

  close(): void {
    clearTimeout(this.#idle)
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  async #run(task: ExportTask): Promise<EncodedArtifact> {
    clearTimeout(this.#idle)
    const child = this.#child?.connected ? this.#child : forkExportProcess()
    this.#child = child
    const listening = new AbortController()
    const { signal } = listening
    const ended = once(child, 'exit', { signal }).then(([code, cause]) => {
      throw new Error(`The process that exports ended with ${cause ?? `code ${code}`}.`)
    })
    try {
      child.send(task)
      const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as [ExportAnswer]
      if (!('error' in answer)) return answer
      const { name, message } = answer.error
      throw name === 'NothingToEncode' ? new NothingToEncode(message) : new Error(message)
    } finally {
      ended.catch(() => {})
      listening.abort()
      this.#idle = setTimeout(() => this.close(), IDLE_MS).unref()
    }
  }
}

function forkExportProcess(): ChildProcess {
  return fork(fileURLToPath(import.meta.resolve('./export-process.ts')), {
    serialization: 'advanced',
    env: harmlessEnvironment(),
  })
}
