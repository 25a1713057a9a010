import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAME = 'attempts'

/** How many times a service crashed while it was reading an upload; stored beside its files. */
export function attemptsOf(folder: string): number {
  try {
    return Number(readFileSync(join(folder, NAME), 'utf8'))
  } catch {
    return 0
  }
}

/** Written synchronously, so that it is stored even if this process crashes next. */
export function storeAttempts(folder: string, attempts: number): void {
  writeFileSync(join(folder, NAME), String(attempts))
}
