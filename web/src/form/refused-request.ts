import { useState } from 'preact/hooks'
import { query } from '../state/location.ts'
import { parseJson } from './parse-json.ts'
import { isObject } from './path.ts'

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
