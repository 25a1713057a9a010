import { once } from 'node:events'
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'

/** The bytes of an answer that are read before the connection is closed. */
const ANSWER_BYTES = 64 * 1024

export interface PinnedRequest {
  url: URL
  /** The only addresses that are connected to, whatever the host name resolves to by then. */
  addresses: readonly string[]
  headers: Record<string, string>
  body: string
}

export interface PinnedAnswer {
  status: number
  retryAfter: string | undefined
}

/**
 * Posts a body on a new connection. The certificate is checked against the host name of the URL. Redirects are not followed. The answer's
 * body is read up to 64 KiB, so that a receiver can finish a short one, and discarded.
 * @param signal ends the request
 * @returns the status of the answer, even if the rest of the answer does not arrive, and its `Retry-After`
 * @throws Error if no answer arrives
 */
export async function postPinned(
  { url, addresses, headers, body }: PinnedRequest,
  signal: AbortSignal,
): Promise<PinnedAnswer> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  const options: RequestOptions = { method: 'POST', headers, agent: false, lookup: pinned(addresses), signal }
  const request = send(url, options).on('error', () => {})
  try {
    request.end(body)
    // A request that ends without an answer, as after a change of protocols, emits neither `response` nor `error`.
    const closed = once(request, 'close').then(() => {
      throw new Error('the connection was closed before an answer')
    })
    const [answer] = (await Promise.race([once(request, 'response'), closed])) as [IncomingMessage]
    await drain(answer).catch(() => {})
    return { status: answer.statusCode!, retryAfter: answer.headers['retry-after'] }
  } finally {
    request.destroy()
  }
}

async function drain(answer: IncomingMessage): Promise<void> {
  let bytes = 0
  for await (const chunk of answer) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES) return
  }
}

function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map(address => ({ address, family: isIP(address) }))
  return (_host, options, callback) => {
    if (options.all) callback(null, all)
    else callback(null, all[0]!.address, all[0]!.family)
  }
}
