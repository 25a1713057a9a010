import type { Redis } from 'ioredis'

/** The number of members that are read at a time, unless the caller needs fewer. */
export const PAGE = 200

/** A list request ends its page after this many members, even if the page is not full, which bounds the work of a request. */
export const MOST_SCANNED = 1000

/** The members of an index to read, and their order. */
export interface MemberRange {
  order: 'asc' | 'desc'
  /** Members of a page. */
  count: number
  /** Whether each page is twice as large as the one before it, up to `PAGE`: for a reader that may need only a few members. */
  grows?: boolean
  /** The member after which reading starts. */
  after?: string | undefined
  /** The smallest member to read. */
  from?: string | undefined
  /** The exclusive upper bound. */
  below?: string | undefined
}

/** The members of one or more indexes, merged, a page at a time; the last page may be empty. */
export async function* membersOf(
  redis: Redis,
  indexes: readonly string[],
  { order, count, grows = false, after, from, below }: MemberRange,
): AsyncGenerator<string[]> {
  const isDescending = order === 'desc'
  const [low, high] = [from === undefined ? '-' : `[${from}`, below === undefined ? '+' : `(${below}`]
  for (let last = after, size = count; ; ) {
    const start = last === undefined ? (isDescending ? high : low) : `(${last}`
    const pages = await Promise.all(
      indexes.map(index =>
        isDescending
          ? redis.zrevrangebylex(index, start, low, 'LIMIT', 0, size)
          : redis.zrangebylex(index, start, high, 'LIMIT', 0, size),
      ),
    )
    const members = [...new Set(pages.flat())].sort()
    if (isDescending) members.reverse()
    const page = members.slice(0, size)
    yield page
    if (page.length < size) return
    last = page.at(-1)
    if (grows) size = Math.max(size, Math.min(2 * size, PAGE))
  }
}
