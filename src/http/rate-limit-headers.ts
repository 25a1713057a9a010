/** How many requests of a kind a caller may make in a window. */
export interface RatePolicy {
  name: 'address' | 'failed-authentication' | 'read' | 'submit'
  most: number
  windowSeconds: number
}

/** What a policy leaves to a caller. */
export interface RateLeft {
  policy: RatePolicy
  remaining: number
  /** Until the window ends. */
  seconds: number
  isExceeded: boolean
}

/**
 * Members of the lists `RateLimit-Policy` and `RateLimit`: strings with parameters (RFC 9651, section 3.1), as in sections 3 and 4 of
 * draft-ietf-httpapi-ratelimit-headers-11.
 */
export function rateLimitHeaders({ policy, remaining, seconds }: RateLeft): Record<string, string> {
  const { name, most, windowSeconds } = policy
  return {
    'ratelimit-policy': `"${name}";q=${most};w=${windowSeconds}`,
    ratelimit: `"${name}";r=${remaining};t=${seconds}`,
  }
}
