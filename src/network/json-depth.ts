/** The JSON of a model has some ten levels, and a few for every model inside another. */
export const MOST_LEVELS = 100
export const TOO_DEEP = `has more than ${MOST_LEVELS} levels of arrays and objects`

/** Whether values lie in more than `most` arrays and objects. No recursion: a client chooses how deep its JSON is. */
export function isDeeperThan(most: number, value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true
    level = level.flatMap(part => (typeof part === 'object' && part !== null ? Object.values(part) : []))
  }
  return false
}
