import { isObject, type Json } from './path.ts'

export type Parsed = { value: Json | undefined; error?: never } | { value?: never; error: string }

/** The value of a JSON text, undefined for an empty one, or where and why it is not JSON. */
export function parseJson(text: string): Parsed {
  if (text.trim() === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) as Json }
  } catch (error) {
    return { error: `This is not JSON: ${placeOf((error as Error).message, text)}` }
  }
}

/** As `parseJson`, for a text that must be an object. */
export function parseObject(text: string): Parsed {
  const parsed = parseJson(text)
  if (parsed.error !== undefined || isObject(parsed.value)) return parsed
  return { error: 'The JSON must be an object: { "field": value, … }' }
}

/** Browsers name the position; people look for line and column. */
function placeOf(message: string, text: string): string {
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position === undefined || message.includes('(line')) return message
  const before = text.slice(0, Number(position)).split('\n')
  return `${message} (line ${before.length} column ${before.at(-1)!.length + 1})`
}
