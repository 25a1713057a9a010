import { BlockList, isIP } from 'node:net'

/** The special-purpose ranges of IANA's IPv4 registry (RFC 6890), and multicast. */
const SPECIAL_IPV4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, with the metadata services of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
]

/**
 * The only range of global unicast addresses (RFC 4291, section 2.4). All else is special: loopback, unspecified, IPv4-mapped,
 * NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), discard-only, segment routing, unique local, link-local, multicast.
 */
const GLOBAL_IPV6 = ['2000::/3']

/** The special-purpose ranges of IANA's IPv6 registry within `GLOBAL_IPV6`. */
const SPECIAL_IPV6 = [
  '2001::/23', // protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, DRIP
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which contains an IPv4 address
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
]

// Node's BlockList instead of a library: it only compares ranges, so that this table is the whole rule.
const specialIpv4 = networksOf(SPECIAL_IPV4)
const globalIpv6 = networksOf(GLOBAL_IPV6)
const specialIpv6 = networksOf(SPECIAL_IPV6)

/** Whether an IP address is globally reachable. False for text that is not an address, and for an address with a zone. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !specialIpv4.check(address, 'ipv4')
  return contains(globalIpv6, address) && !specialIpv6.check(address, 'ipv6')
}

/** Whether one of the networks contains the address. An IPv4-mapped IPv6 address is compared as IPv4 too. */
export function contains(networks: BlockList, address: string): boolean {
  const version = isIP(address)
  return version !== 0 && networks.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** @param ranges in CIDR notation: `10.0.0.0/8`, `fd00::/8` @throws Error for text that is not a range */
export function networksOf(ranges: readonly string[]): BlockList {
  const networks = new BlockList()
  for (const range of ranges) {
    const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(range) ?? []
    const version = isIP(address)
    if (version === 0 || Number(length) > (version === 4 ? 32 : 128))
      throw new Error(`"${range}" is not a network in CIDR notation, such as 10.0.0.0/8 or fd00::/8`)
    networks.addSubnet(address, Number(length), version === 4 ? 'ipv4' : 'ipv6')
  }
  return networks
}
