import { isIP } from 'node:net'

const LONGEST_NAME = 253

/** RFC 1123, section 2.1, and underscores, which some networks use. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/** Whether the host of a normalised URL is an address, or a name that a DNS can have. The name may end with a dot. */
export function isHostName(host: string): boolean {
  if (isIP(host.replace(/^\[(.*)\]$/, '$1'))) return true
  const name = host.replace(/\.$/, '')
  return name.length <= LONGEST_NAME && name.split('.').every(label => LABEL.test(label))
}
