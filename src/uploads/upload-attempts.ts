import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAME = 'attempts'

/** How often the reading of an upload was begun by a service that then ended without a word: kept beside its files. */
export function attemptsOf(folder: string): number {
  try {
    return Number(readFileSync(join(folder, NAME), 'utf8'))
  } catch {
    return 0
  }
}

/** Written at once, so that it is there however this process ends. */
export function noteAttempts(folder: string, attempts: number): void {
  writeFileSync(join(folder, NAME), String(attempts))
}
