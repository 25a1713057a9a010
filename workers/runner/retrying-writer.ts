import { rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { retry } from '#stores/retry.ts'
import type { RunnerNews } from './runner-protocol.ts'
import { isDiskTrouble, storageWarning } from './storage-warning.ts'

export type Write = (path: string, bytes: Uint8Array) => Promise<void>

/** Writes a file; what it could write of one that it could not finish takes up no space. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

/** A `writeWhole` that waits for space: what it writes is what the job was for. @param signal ends the wait */
export function patientWriter(tell: (news: RunnerNews) => Promise<void>, signal: AbortSignal): Write {
  return (path, bytes) =>
    retry(() => writeWhole(path, bytes), {
      signal,
      isFinal: error => !isDiskTrouble(error),
      onFirstFailure: async error => {
        const name = basename(path)
        await tell({ type: 'warning', warning: storageWarning(name, `${name} could not be written`, error) })
      },
    })
}
