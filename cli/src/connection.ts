import { InvalidArgumentError, Option } from 'commander'
import { readConfig } from './config-file.ts'

const DEFAULT_URL = 'http://127.0.0.1:3000'

export interface Connection {
  url: string
  key?: string
}

export const urlOption = new Option('--url <url>', 'address of the service')
  .env('THRESHER_URL')
  .argParser(parseUrl)
export const keyOption = new Option('--key <key>', 'key of the service').env('THRESHER_KEY')

/** The options and variables, then what `thresher login` has stored. A stored key is sent to the service that it was stored for only. */
export async function resolveConnection({ url, key }: Partial<Connection>): Promise<Connection> {
  const stored = await readConfig()
  const address = url ?? stored.url ?? DEFAULT_URL
  const used = key ?? (address === stored.url ? stored.key : undefined)
  return { url: address, ...(used !== undefined && { key: used }) }
}

function parseUrl(text: string): string {
  const url = URL.parse?.(text) ?? (URL.canParse(text) ? new URL(text) : null)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an http or https address such as http://127.0.0.1:3000.')
  return text.replace(/\/+$/, '')
}
