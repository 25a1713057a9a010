import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where what is fetched or built stays for the next time: the folder of scripts/setup/cache-directory.mjs. */
export function cacheFolder(): string {
  return (
    process.env.THRESHER_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'thresher')
  )
}
