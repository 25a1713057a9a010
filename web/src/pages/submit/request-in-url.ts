import { parseJson } from '../../form/parse-json.ts'
import { isObject, type Json } from '../../form/path.ts'
import type { Codec } from '../../state/codecs.ts'

/** A first job that is worth its seconds: 95 % zeros on the digits of MNIST. */
export const FIRST_REQUEST: Json = {
  model: { preset: 'mnist-mlp' },
  target: { sparsity: 0.95 },
  optimizer: { name: 'grda', learningRate: 0.3, mu: 0.6 },
  epochs: 10,
}

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
