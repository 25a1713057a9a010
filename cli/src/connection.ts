import { InvalidArgumentError, Option } from 'commander'
import { readConfig } from './config-file.ts'

const DEFAULT_URL = 'http://127.0.0.1:3000'

export interface Connection {
  url: string
  key?: string
  /** Whether `thresher login` stored the key; otherwise it is of an option or a variable. */
  isStored?: boolean
}

export const urlOption = new Option('--url <url>', 'address of the service')
  .env('THRESHER_URL')
  .argParser(parseUrl)
export const keyOption = new Option('--key <key>', 'key of the service').env('THRESHER_KEY')

/** The options and variables, then what `thresher login` has stored. A stored key is sent to the service that it was stored for only. */
export async function resolveConnection({ url, key }: Partial<Connection>): Promise<Connection> {
  if (url !== undefined && key !== undefined) return { url, key }
  const stored = await readConfig()
  const address = url ?? stored.url ?? DEFAULT_URL
  if (key !== undefined) return { url: address, key }
  if (stored.key === undefined || stored.url !== address) return { url: address }
  return { url: address, key: stored.key, isStored: true }
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('It must be an http or https address such as http://127.0.0.1:3000.')
  return text.replace(/\/+$/, '')
}
