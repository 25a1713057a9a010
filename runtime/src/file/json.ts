import { ModelError } from '../model-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** @param where names the text in the error */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ModelError(`${where} is not valid JSON`)
  }
}

export function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

export function isLengths(json: unknown): json is number[] {
  return Array.isArray(json) && json.every(value => Number.isSafeInteger(value) && value >= 0)
}
