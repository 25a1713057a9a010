import { useState } from 'preact/hooks'
import type { Codec } from '../state/codecs.ts'
import { query } from '../state/location.ts'
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

/** A request of the address that no form can show: its text, and why. */
export interface RefusedRequest {
  text: string
  reason: string
}

/** The refused request with which the page was opened: the form soon replaces it in the address. */
export function useRefusedRequest(): RefusedRequest | undefined {
  return useState(() => refusedRequest(query.peek().get('spec') ?? ''))[0]
}

function refusedRequest(text: string): RefusedRequest | undefined {
  if (text === '') return undefined
  const { value, error } = parseJson(text)
  if (error !== undefined) return { text, reason: error }
  return isObject(value) ? undefined : { text, reason: 'This is not a JSON object.' }
}
