import { join } from 'node:path'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, encodeCheckpoint, type Provenance } from '#formats/checkpoint.ts'
import { type Write, writeWholeFile } from './retrying-writer.ts'
import type { SendReport } from './runner-protocol.ts'

interface Output {
  /** The folder for the files. */
  scratch: string
  provenance: Provenance
  send: SendReport
  /** Waits for space. */
  write: Write
}

/**
 * Writes checkpoints and reports them. The last one contains the result, so its writer waits for space. If another one cannot be written,
 * the training continues, and only the first of several failures in a row is reported.
 */
export function checkpointWriter({ epochs }: TrainingSpec, { scratch, provenance, send, write }: Output) {
  let isFailing = false
  return async (checkpoint: Checkpoint): Promise<void> => {
    const { epoch, state } = checkpoint
    const { step } = state.clock
    const name = `checkpoint-${step}.safetensors`
    const path = join(scratch, name)
    const bytes = encodeCheckpoint(checkpoint, provenance)
    try {
      await (epoch === epochs ? write(path, bytes) : writeWholeFile(path, bytes))
    } catch (error) {
      if (epoch === epochs) throw error
      const message = `${name} could not be written: ${(error as Error).message}. The training continues.`
      if (!isFailing)
        await send({ type: 'warning', warning: { code: 'checkpoint_lost', path: name, message } })
      isFailing = true
      return
    }
    isFailing = false
    await send({ type: 'checkpoint', name, epoch, step })
  }
}
