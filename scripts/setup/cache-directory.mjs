import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder for what setup downloads and compiles, outside node_modules, which `npm ci` deletes. */
export function cacheDirectory(env) {
  return env.THRESHER_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'thresher')
}
