import type { Codec } from './codecs.ts'
import { changeQuery, type HistoryMode, query } from './location.ts'

/** A value that lives in the query of the address. Reading `value` in a component subscribes to it. */
export interface UrlState<T> {
  value: T
}

/**
 * The state of the query parameter `name`. The parameter is absent while the value is the codec's fallback.
 *
 * @param mode `replace` for a value that changes many times in one gesture, which Back would otherwise undo step by step
 */
export function urlState<T>(name: string, codec: Codec<T>, mode: HistoryMode = 'push'): UrlState<T> {
  return {
    get value() {
      return codec.read(query.value.get(name))
    },
    set value(next: T) {
      changeQuery({ [name]: codec.write(next) }, mode)
    },
  }
}
