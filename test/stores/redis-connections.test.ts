import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import type { RedisCredentials } from '#src/config.ts'
import { connectRedis } from '#stores/redis-connections.ts'
import { type Certificates, makeCertificates } from '#test/support/certificates.ts'
import { documentedUser } from '#test/support/documented-users.ts'
import { startRedisCluster } from '#test/support/redis-cluster.ts'
import { startWatchedRedis } from '#test/support/redis-sentinels.ts'
import { type RedisServer, startRedisServer } from '#test/support/redis-server.ts'
import { freePort } from '#test/support/start-service.ts'
import { findTlsProgram, startTlsRedis } from '#test/support/tls-redis-server.ts'

const PASSWORD = 'a-secret'

/** @throws Error as a main would log it: all of it, with its causes */
async function use(url: string, credentials?: RedisCredentials): Promise<void> {
  const connections = await connectRedis(url, credentials)
  try {
    for (const redis of [connections.commands, connections.duplicate(), connections.bulk()])
      await redis.set('thresher:tried', '1')
    await connections.subscriber.subscribe('thresher:tried')
    const { connection, prefix } = connections.blocking()
    await connection.set(`${prefix}:tried`, '1')
  } finally {
    connections.close()
  }
}

async function refuses(url: string, reason: RegExp, credentials?: RedisCredentials): Promise<void> {
  await assert.rejects(use(url, credentials), (error: Error) => {
    const { message } = error
    assert.match(message, reason)
    assert.match(message, /REDIS_URL/)
    const serialized = pino.stdSerializers.err(error).message
    assert.equal(serialized, message, 'a log does not repeat the reason')
    assert.ok(!message.includes(PASSWORD))
    return true
  })
}

describe('connections to one server', () => {
  let server: RedisServer
  before(async () => {
    server = await startRedisServer({
      settings: ['user default on >administrator ~* &* +@all', documentedUser('server', PASSWORD)],
      adminPassword: 'administrator',
    })
  })
  after(() => server.stop())

  it('take the user from the URL, and the password from there or from a file', async () => {
    await use(`redis://thresher:${PASSWORD}@127.0.0.1:${server.port}`)
    await use(`redis://thresher@127.0.0.1:${server.port}`, { password: PASSWORD, tls: {} })
    assert.deepEqual(await server.admin.call('ACL', 'LOG'), [], 'every command is permitted')
  })

  it('report a wrong or missing password, a missing server and a wrong URL without the password', async () => {
    const address = `127.0.0.1:${server.port}`
    await refuses(`redis://thresher:${PASSWORD}2@${address}`, /WRONGPASS/)
    await refuses(`redis://${address}`, /NOAUTH/)
    await refuses(`redis://thresher:${PASSWORD}@127.0.0.1:${await freePort()}`, /ECONNREFUSED/)
    await refuses(`redis://thresher:${PASSWORD}@127.0.0.1:port`, /not valid.*address/)
    await refuses(`redis-cluster://thresher:${PASSWORD}@${address}`, /cluster support disabled|NOPERM/)
    await refuses(`redis-sentinel://${address}/jobs`, /NOAUTH/)
  })

  it('leave the keys of other programs alone', async () => {
    const connections = await connectRedis(`redis://thresher:${PASSWORD}@127.0.0.1:${server.port}`)
    for (const refused of [
      connections.commands.set('other', '1'),
      connections.commands.eval("return redis.call('GET', KEYS[1])", 1, 'other'),
      connections.commands.publish('other', '1'),
      connections.commands.flushall(),
      connections.commands.keys('*'),
      connections.commands.config('GET', '*'),
    ])
      await assert.rejects(refused, /NOPERM|No permissions/)
    connections.close()
  })
})

describe('connections with TLS', () => {
  let certificates: Certificates
  let trusted: RedisCredentials
  before(async () => {
    certificates = await makeCertificates()
    const { ca, client } = certificates
    const [caPem, cert, key] = await Promise.all(
      [ca, client.cert, client.key].map(path => readFile(path, 'utf8')),
    )
    trusted = { tls: { ca: caPem!, cert: cert!, key: key! } }
  })
  after(() => certificates.remove())

  it('verify the certificate of the server, and show that of the client', async () => {
    const server = await startTlsRedis(certificates)
    const url = `rediss://127.0.0.1:${server.port}`
    try {
      await use(url, trusted)
      await refuses(url, /certificate/)
      await refuses(url, /certificate/, {
        tls: { ...trusted.tls, ca: await readFile(certificates.otherCa, 'utf8') },
      })
      await refuses(url, /closed|certificate|ECONNRESET|EPIPE/, { tls: { ca: trusted.tls.ca! } })
      await refuses(`redis://127.0.0.1:${server.port}`, /REDIS_TLS_.* require a URL with TLS/, trusted)
    } finally {
      await server.stop()
    }
  })

  it('reach the primary of a Cluster as the documented user', async t => {
    const program = await findTlsProgram(certificates)
    if (!program) return t.skip('no server speaks TLS itself')
    const settings = [documentedUser('cluster', PASSWORD)]
    const cluster = await startRedisCluster({ program, tls: certificates, settings })
    try {
      await use(`rediss-cluster://thresher:${PASSWORD}@${cluster.addresses}`, trusted)
      const refused = await Promise.all(cluster.nodes.map(({ admin }) => admin.call('ACL', 'LOG')))
      assert.deepEqual(refused.flat(), [])
      await refuses(`rediss-cluster://thresher:${PASSWORD}2@${cluster.addresses}`, /WRONGPASS/, trusted)
      await refuses(`rediss://${cluster.addresses.split(',')[0]}`, /use redis-cluster:/, trusted)
    } finally {
      await cluster.stop()
    }
  })

  it('reach the primary of Sentinels, which have other users', async t => {
    const program = await findTlsProgram(certificates)
    if (!program) return t.skip('no server speaks TLS itself')
    const redis = await startWatchedRedis({
      ...{ program, tls: certificates, settings: [documentedUser('server', PASSWORD)] },
      adminPassword: 'administrator',
      sentinelSettings: [
        documentedUser('sentinel', `sentinel-${PASSWORD}`),
        'requirepass administrator',
        'sentinel sentinel-pass administrator',
      ],
    })
    try {
      const url = `rediss-sentinel://thresher:${PASSWORD}@${redis.addresses}`
      const sentinel = { sentinelUsername: 'thresher', sentinelPassword: `sentinel-${PASSWORD}` }
      await use(`${url}/${redis.name}`, { ...trusted, ...sentinel })
      assert.deepEqual(await redis.primary.admin.call('ACL', 'LOG'), [])
      await refuses(`${url}/another`, /know no primary with the name another/, { ...trusted, ...sentinel })
      await refuses(`${url}/${redis.name}`, /NOAUTH|sentinel/, trusted)
      const [address] = redis.addresses.split(',')
      await refuses(
        `rediss://thresher:sentinel-${PASSWORD}@${address}`,
        /NOPERM|use redis-sentinel:/,
        trusted,
      )
    } finally {
      await redis.stop()
    }
  })
})
