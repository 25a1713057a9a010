import type { Query, Transport } from './transport.ts'

export interface Page<T> {
  data: T[]
  hasMore: boolean
  nextAfter: string | null
}

/** A list of the service: awaited, its first page; iterated, every item of every page. */
export interface Pages<T> extends PromiseLike<Page<T>>, AsyncIterable<T> {}

export function pagesOf<T>(transport: Transport, path: string, query: Query = {}): Pages<T> {
  const page = (after?: string) =>
    transport.json<Page<T>>(path, { query: { ...query, ...(after && { after }) } })
  return {
    // biome-ignore lint/suspicious/noThenProperty: a list is awaited for its first page
    then: (resolve, reject) => page().then(resolve, reject),
    async *[Symbol.asyncIterator]() {
      for (let after: string | undefined; ; ) {
        const { data, hasMore, nextAfter } = await page(after)
        yield* data
        if (!hasMore || nextAfter === null) return
        after = nextAfter
      }
    },
  }
}
