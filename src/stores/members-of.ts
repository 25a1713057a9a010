import type { Redis } from 'ioredis'

/** Which members of an index to read, and how. */
export interface MemberRange {
  order: 'asc' | 'desc'
  /** Members of a page. */
  count: number
  /** Begins behind this member. */
  after?: string | undefined
  /** The least member, and the least that is too large. */
  from?: string | undefined
  below?: string | undefined
}

/** The members of one or several indexes as if they were one, a page at a time; the last page may be empty. */
export async function* membersOf(
  redis: Redis,
  indexes: readonly string[],
  { order, count, after, from, below }: MemberRange,
): AsyncGenerator<string[]> {
  const isDescending = order === 'desc'
  const [low, high] = [from === undefined ? '-' : `[${from}`, below === undefined ? '+' : `(${below}`]
  for (let last = after; ; ) {
    const start = last === undefined ? (isDescending ? high : low) : `(${last}`
    const pages = await Promise.all(
      indexes.map(index =>
        isDescending
          ? redis.zrevrangebylex(index, start, low, 'LIMIT', 0, count)
          : redis.zrangebylex(index, start, high, 'LIMIT', 0, count),
      ),
    )
    const members = [...new Set(pages.flat())].sort()
    if (isDescending) members.reverse()
    const page = members.slice(0, count)
    yield page
    if (page.length < count) return
    last = page.at(-1)
  }
}
