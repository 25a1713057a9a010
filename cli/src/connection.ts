import { Option } from 'commander'
import { readConfig } from './config-file.ts'
import { EXIT } from './exit-codes.ts'
import { Failure, usageError } from './failure.ts'

const DEFAULT_URL = 'http://127.0.0.1:3000'

export interface Connection {
  url: string
  key?: string
  /** Whether `thresher login` stored the key; otherwise it is of an option or a variable. */
  isStored?: boolean
}

/** Checked by `resolveConnection`: commander repeats a value that its own check refuses, and an address may contain a password. */
export const urlOption = new Option('--url <url>', 'address of the service').env('THRESHER_URL')
export const keyOption = new Option('--key <key>', 'key of the service').env('THRESHER_KEY')

/**
 * The options and variables, then what `thresher login` has stored. A stored key is sent to the service that it was stored for only.
 * @throws Failure for an address or a key that cannot be one
 */
export async function resolveConnection({ url, key }: Partial<Connection>): Promise<Connection> {
  if (url !== undefined && key !== undefined) return { url, key }
  const stored = await readConfig()
  const address = url === undefined ? (stored.url ?? DEFAULT_URL) : checkedUrl(url)
  if (key !== undefined) return { url: address, key: checkedKey(key) }
  if (stored.key === undefined || stored.url !== address) return { url: address }
  return { url: address, key: stored.key, isStored: true }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw usageError(
      '--url (or THRESHER_URL) must be an http or https address such as http://127.0.0.1:3000.',
    )
  if (url.username || url.password)
    throw usageError(
      `--url (or THRESHER_URL) must be an address without a user name and a password, such as ${url.origin}.`,
      'The service knows users by their keys: give one with THRESHER_KEY or --key.',
    )
  return text.replace(/\/+$/, '')
}

/** @throws Failure for a text that no header can contain */
export function checkedKey(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key
  const problem = /\s/.test(key) ? 'a space or a line break' : 'a character that no key has'
  throw new Failure(`The key of --key, THRESHER_KEY or standard input has ${problem} in it.`, {
    exitCode: EXIT.key,
  })
}
