import { lookup, Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'

/** Returns every address of a host. @throws Error if it has none, or if the signal is aborted first */
export type ResolveHost = (hostname: string, signal: AbortSignal) => Promise<string[]>

const SERVER_TIMEOUT_MS = 2_000
const TRIES = 2

/** The answers after which the system's resolver may still know the host, for example from its hosts file. */
const NOT_IN_DNS = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'])

/**
 * Asks the DNS servers without a thread, because `dns.lookup` blocks one of the process's few threads while a server does not answer: the
 * name servers of one tenant could then delay every other tenant. Only a name that is not in the DNS is looked up in the system.
 */
export const resolveHost: ResolveHost = async (hostname, signal) => {
  const resolver = new Resolver({ timeout: SERVER_TIMEOUT_MS, tries: TRIES })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const addresses = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
    if (addresses.length > 0) return addresses
    for (const answer of answers)
      if (answer.status === 'rejected' && !NOT_IN_DNS.has(answer.reason.code)) throw answer.reason
    return (await lookup(hostname.replace(/\.$/, ''), { all: true })).map(({ address }) => address)
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** The addresses of the host of a URL, which may be an address itself. @throws Error as `ResolveHost` does */
export async function addressesOf(
  { hostname }: URL,
  resolve: ResolveHost,
  signal: AbortSignal,
): Promise<string[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(host) ? [host] : await resolve(host, signal)
  // The resolver of the system returns none for some names.
  if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' })
  return addresses
}
