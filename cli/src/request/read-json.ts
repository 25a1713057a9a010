import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { usageError } from '../failure.ts'
import { systemMessage } from '../system-error.ts'

/** An object from a JSON file, or from standard input if the path is `-`. */
export async function readJson(path: string): Promise<Record<string, unknown>> {
  const name = path === '-' ? 'standard input' : path
  const content = await (path === '-' ? text(process.stdin) : readFile(path, 'utf8')).catch(error => {
    throw usageError(`${name} cannot be read: ${systemMessage(error)}`)
  })
  const value = parse(content, name)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageError(`${name} must contain a JSON object.`)
  return value as Record<string, unknown>
}

function parse(content: string, name: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw usageError(`${name} is not valid JSON: ${(error as Error).message}`)
  }
}
