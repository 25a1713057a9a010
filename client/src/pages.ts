import { unexpected } from './answers.ts'
import type { Query } from './query.ts'
import type { CallOptions, Transport } from './transport.ts'

export interface Page<T> {
  data: T[]
  hasMore: boolean
  nextAfter: string | null
}

/** A list of the service: awaited, its first page; iterated, every item of every page. Nothing is requested before. */
export interface Pages<T, P = Page<T>> extends PromiseLike<P>, AsyncIterable<T> {}

export function pagesOf<T, P extends Pick<Page<T>, 'data'> & Partial<Page<T>> = Page<T>>(
  transport: Transport,
  path: string,
  query: object = {},
  options: CallOptions = {},
): Pages<T, P> {
  const page = async (after?: string) => {
    const request = { ...options, query: { ...(query as Query), ...(after && { after }) } }
    const found = await transport.json<P>(path, request)
    if (!Array.isArray(found.data)) throw unexpected(`The answer of ${transport.url}${path} is not a list.`)
    return found
  }
  return {
    // biome-ignore lint/suspicious/noThenProperty: a list is awaited for its first page
    then: (resolve, reject) => page().then(resolve, reject),
    async *[Symbol.asyncIterator]() {
      for (let after: string | undefined; ; ) {
        const { data, hasMore, nextAfter } = await page(after)
        yield* data
        if (!hasMore || typeof nextAfter !== 'string') return
        after = nextAfter
      }
    },
  }
}
