import { z } from 'zod'

const NOT_A_CURSOR = 'is not a cursor of this list; give `nextAfter` of the previous page'

/** `limit` of every list. */
export const Limit = z.coerce.number().int().min(1).max(200).default(20)

/** `name` of every list. */
export const NamePrefix = z.string().min(1).max(200).optional().describe('A prefix of the name.')

/** The answer of every list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), hasMore: z.boolean(), nextAfter: z.string().nullable() })

type Kind = 'analysis' | 'dataset' | 'key' | 'model' | 'sweep' | 'webhook'

/** `after` of a list whose cursors have a given form. */
export const cursorLike = (form: RegExp) =>
  z.string().regex(form, NOT_A_CURSOR).optional().describe('`nextAfter` of the previous page.')

/** `after` of a list whose cursors are ids. @param builtIn ids that are not like those of the kind */
export const cursorOf = (kind: Kind, builtIn: readonly string[] = []) =>
  cursorLike(new RegExp(`^(?:${[`${kind}_[0-9a-z]{26}`, ...builtIn].join('|')})$`))

/**
 * A page of a list of uploads, newest first, followed by the built-in ones.
 * @param uploads reads the uploads after `after`, each with its cursor
 */
export async function pageAfter<T extends { id: string }>(
  after: string | undefined,
  limit: number,
  builtIn: readonly T[],
  uploads: () => Promise<{ found: { cursor: string; item: T }[]; nextAfter: string | null }>,
) {
  const place = builtIn.findIndex(({ id }) => id === after)
  const { found, nextAfter } = place < 0 ? await uploads() : { found: [], nextAfter: null }
  const rest = [...found, ...builtIn.slice(place + 1).map(item => ({ cursor: item.id, item }))]
  const shown = nextAfter === null ? rest.slice(0, limit) : found
  const hasMore = nextAfter !== null || rest.length > limit
  return {
    data: shown.map(({ item }) => item),
    hasMore,
    nextAfter: hasMore ? (nextAfter ?? shown.at(-1)?.cursor ?? null) : null,
  }
}

/** A short list as a single page. */
export function wholePage<T>(data: T[]) {
  return { data, hasMore: false, nextAfter: null }
}
