import assert from 'node:assert/strict'
import { it } from 'node:test'
import { contains, isPublicAddress, networksOf } from '#webhooks/public-address.ts'

it('an address of a special-purpose range is not public', () => {
  for (const address of [
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.0.1'],
    ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.31.196.1'],
    ...['192.52.193.1', '192.88.99.1', '192.168.0.1', '192.175.48.1', '198.18.0.1', '198.19.255.255'],
    ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '64:ff9b::7f00:1'],
    ...['64:ff9b::808:808', '64:ff9b:1::1', '100::1', '100:0:0:1::1', '2001::1', '2001:2::1', '2001:10::1'],
    ...[
      '2001:20::1',
      '2001:30::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '2620:4f:8000::1',
      '3fff::1',
      '3fff:fff::1',
    ],
    ...['5f00::1', 'fc00::', 'fd00::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '4000::1'],
    ...['localhost', '', '127.1', '8.8.8.8.', '8.8.8', '[::1]'],
  ])
    assert.equal(isPublicAddress(address), false, address)
})

it('every other address is public', () => {
  for (const address of [
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
    ],
    ...['128.0.0.0', '169.253.255.255', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255'],
    ...['198.17.255.255', '198.20.0.0', '223.255.255.255'],
    ...['2001:200::1', '2001:4860:4860::8888', '2606:4700:4700::1111', '2a00:1450::1', '3fff:1000::1'],
  ])
    assert.equal(isPublicAddress(address), true, address)
})

it('a network contains its addresses, and IPv4 addresses that are written as IPv6', () => {
  const networks = networksOf(['10.1.0.0/16', 'fd00::/8'])
  const inside = ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1']
  const outside = ['10.2.0.0', '::ffff:10.2.0.0', 'fc00::1', '10.1.2', '']
  assert.deepEqual(
    [...inside, ...outside].filter(address => contains(networks, address)),
    inside,
  )
})

it('text that is not a network in CIDR notation is refused', () => {
  for (const text of [
    '10.0.0.0',
    '10.0.0.0/33',
    'fd00::/129',
    'host/8',
    '/8',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '',
  ])
    assert.throws(() => networksOf([text]), /CIDR/, text)
})
