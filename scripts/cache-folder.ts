import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder for downloads and builds, the same as in scripts/setup/cache-directory.mjs. */
export function cacheFolder(): string {
  return (
    process.env.THRESHER_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'thresher')
  )
}
