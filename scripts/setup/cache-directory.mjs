import { homedir } from 'node:os'
import { join } from 'node:path'

/** What setup fetches and compiles lives here, outside node_modules, which `npm ci` wipes. */
export function cacheDirectory(env) {
  return env.THRESHER_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'thresher')
}
