import type { BlockList } from 'node:net'
import { contains, isPublicAddress } from '#webhooks/public-address.ts'

/**
 * What is wrong with the addresses of a receiver; undefined if requests may be sent to them. Every address counts, because the connection
 * may use any of them. A host without addresses may get public ones later. The message contains no address, because the client may not be allowed to know it.
 * @param allowed networks that the operator allows although they are not public
 * @returns the end of a sentence that begins with the field: `must be ...`
 */
export function targetMistake(
  { protocol, hostname }: URL,
  addresses: readonly string[],
  allowed: BlockList,
): string | undefined {
  const others = addresses.filter(address => !contains(allowed, address))
  if (others.some(address => !isPublicAddress(address)))
    return `must be a public address: ${hostname} is in a network that the operator does not allow (WEBHOOK_ALLOWED_NETWORKS)`
  if (protocol === 'http:' && (others.length > 0 || addresses.length === 0))
    return 'must begin with https://; http is accepted only for networks that the operator allows (WEBHOOK_ALLOWED_NETWORKS)'
  return undefined
}
