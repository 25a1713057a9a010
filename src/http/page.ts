import { z } from 'zod'

/** `limit` of every list. */
export const Limit = z.coerce.number().int().min(1).max(200).default(20)

/** What every list answers (docs: "Every list is cursor-paged"). */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), hasMore: z.boolean(), nextAfter: z.string().nullable() })

/** A list that is short by nature and comes whole. */
export function wholePage<T>(data: T[]) {
  return { data, hasMore: false, nextAfter: null }
}
