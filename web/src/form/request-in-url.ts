import type { Codec } from '../state/codecs.ts'
import { parseJson } from './parse-json.ts'
import { isObject, type Json } from './path.ts'

/** Some proxies refuse longer addresses. A longer request, with a whole topology, is not kept in the address. */
const LONGEST = 4000

/** A request in the query of the address, so that it can be reloaded and shared. */
export const requestCodec: Codec<Json | undefined> = {
  read(text) {
    const { value } = parseJson(text ?? '')
    return isObject(value) ? value : undefined
  },
  write(request) {
    const text = JSON.stringify(request)
    return text !== undefined && text.length <= LONGEST ? text : null
  },
}
