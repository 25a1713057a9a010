import { ThresherError } from './errors.ts'

/** @returns the address of a service without a slash at the end. @throws ThresherError, whose message has no password */
export function addressOf(text: string): string {
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.username || url.password))
    throw new ThresherError('url must be an address without a user and a password; use a key.')
  if (!url || /[?#]/.test(text))
    throw new ThresherError(
      `url must be the address of a service, such as https://thresher.example, not "${text}".`,
    )
  return text.replace(/\/+$/, '')
}

/** @throws ThresherError, whose message does not contain the key */
export function validKey(key: string | undefined): string | undefined {
  if (key !== undefined && !/^[\x21-\x7e]*$/.test(key))
    throw new ThresherError('key has spaces, line ends or characters that a key cannot have.')
  return key
}

/** @throws ThresherError, which names the header and not its value */
export function requireValidHeaders(headers: Record<string, string> = {}): void {
  for (const [name, value] of Object.entries(headers))
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new ThresherError(`The header ${JSON.stringify(name)} has characters that a header cannot have.`)
}

/**
 * The URL of a path of a service.
 * @throws ThresherError for a path that would lead to another host or name another record, because `fetch` removes `.` and `..`
 */
export function urlOf(address: string, path: string): string {
  if (!/^\/(?![/\\])/.test(path)) throw new ThresherError(`The path ${path} must begin with one slash.`)
  const url = new URL(address + path)
  if (url.origin !== new URL(address).origin || !url.href.endsWith(path))
    throw new ThresherError(`${path} is not a normalized path.`)
  return address + path
}
