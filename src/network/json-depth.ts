/** The JSON of a model has about ten levels, plus a few for every nested model. */
export const MOST_LEVELS = 100
export const TOO_DEEP = `has more than ${MOST_LEVELS} levels of arrays and objects`

/** Whether values are nested in more than `most` arrays and objects. Not recursive, because the client controls the depth. */
export function isDeeperThan(most: number, value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true
    level = level.flatMap(part => (typeof part === 'object' && part !== null ? Object.values(part) : []))
  }
  return false
}
