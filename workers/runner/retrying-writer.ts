import { rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { retry } from '#stores/retry.ts'
import type { SendReport } from './runner-protocol.ts'
import { isDiskError, storageWarning } from './storage-warning.ts'

export type Write = (path: string, bytes: Uint8Array) => Promise<void>

/** Writes a file; deletes the incomplete file if that fails. */
export async function writeWholeFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

/** A `writeWholeFile` that waits for space, for files that belong to the result of a job. @param signal ends the wait */
export function retryingWriter(send: SendReport, signal: AbortSignal): Write {
  return (path, bytes) =>
    retry(() => writeWholeFile(path, bytes), {
      signal,
      isFinal: error => !isDiskError(error),
      onFirstFailure: async error => {
        const name = basename(path)
        await send({ type: 'warning', warning: storageWarning(name, `${name} could not be written`, error) })
      },
    })
}
