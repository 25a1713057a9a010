import { join } from 'node:path'
import { encodeCheckpoint, type Provenance, stepsOf } from '#formats/checkpoint.ts'
import type { CheckpointTaken } from '#workers/training/checkpoint.ts'
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
 * Writes checkpoints and reports them. The last one and the best one hold the result, so their writer waits for space. Without any
 * other the training continues, and only the first of several failures in a row is reported.
 */
export function checkpointWriter({ scratch, provenance, send, write }: Output) {
  let isFailing = false
  return async ({ checkpoint, isBest, isLast }: CheckpointTaken): Promise<void> => {
    const { epoch, phase } = checkpoint
    const step = stepsOf(checkpoint)
    const isResult = isBest || isLast
    const name = `checkpoint-${step}.safetensors`
    const path = join(scratch, name)
    const bytes = encodeCheckpoint(checkpoint, provenance)
    try {
      await (isResult ? write(path, bytes) : writeWholeFile(path, bytes))
    } catch (error) {
      if (isResult) throw error
      const message = `${name} could not be written: ${(error as Error).message}. The training continues.`
      if (!isFailing)
        await send({ type: 'warning', warning: { code: 'checkpoint_lost', path: name, message } })
      isFailing = true
      return
    }
    isFailing = false
    await send({ type: 'checkpoint', name, epoch, step, ...(phase && { phase: phase.name }), isBest, isLast })
  }
}
