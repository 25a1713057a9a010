import type { Redis } from 'ioredis'

/** How many members are read at a time where the caller does not need fewer. */
export const PAGE = 200

/** A list request ends its page after this many members, even if the page is not full: the work of a request is bounded. */
export const MOST_SCANNED = 1000

/** The members of an index to read, and their order. */
export interface MemberRange {
  order: 'asc' | 'desc'
  /** Members per page. */
  count: number
  /** The member before the first one to read. */
  after?: string | undefined
  /** The smallest member to read. */
  from?: string | undefined
  /** The smallest member that is too large. */
  below?: string | undefined
}

/** The members of one or more indexes, merged, a page at a time; the last page may be empty. */
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
