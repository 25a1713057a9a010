import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { makeCertificates } from '#test/support/certificates.ts'

describe('the environment', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'thresher-config-'))
    await writeFile(join(directory, 'key'), '  0123456789abcdef\n')
    await writeFile(join(directory, 'empty'), '\n')
  })
  after(() => rm(directory, { recursive: true }))

  /** In a process of its own, as the mains read it. */
  function load(environment: Record<string, string>) {
    const program = `import { loadConfig } from '#src/config.ts'; console.log(JSON.stringify(loadConfig()))`
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { env: { PATH: process.env.PATH, ...environment }, encoding: 'utf8' },
    )
    return { status, stderr, config: stdout && JSON.parse(stdout) }
  }

  it('may say nothing at all', () => {
    const { config } = load({ HOST: '', ADMIN_KEY: '', REDIS_URL: '' })
    const { host, port, dataDir, engine, adminKey } = config
    assert.deepEqual(
      [host, port, dataDir, engine, adminKey],
      ['127.0.0.1', 3000, resolve('.thresher'), 'auto', undefined],
    )
    assert.match(config.artifactUrl, /^file:\/\/.*\.thresher/)
  })

  it('limits the memory of a worker in megabytes, or not at all', () => {
    assert.equal(load({ WORKER_MEMORY_MB: '1500' }).config.workerMemoryBytes, 1_500_000_000)
    assert.equal(load({}).config.workerMemoryBytes, undefined)
  })

  it('trusts only proxies with an address or in a network', () => {
    const proxies = (TRUST_PROXY: string) => load({ TRUST_PROXY })
    assert.deepEqual(proxies('').config.trustProxy, [])
    assert.deepEqual(proxies('10.0.0.0/8, 2001:db8::/32,192.0.2.1').config.trustProxy, [
      '10.0.0.0/8',
      '2001:db8::/32',
      '192.0.2.1',
    ])
    for (const wrong of ['true', '1', 'loopback', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.1,', 'proxy.example'])
      assert.match(proxies(wrong).stderr, /TRUST_PROXY: must be IP addresses/, wrong)
  })

  it('lists the networks that webhooks may be sent to', () => {
    const networksOf = (list: string) =>
      load({ WEBHOOK_ALLOWED_NETWORKS: list }).config.webhookAllowedNetworks
    assert.deepEqual(networksOf('10.0.0.0/8, fd00::/8 127.0.0.0/8'), [
      '10.0.0.0/8',
      'fd00::/8',
      '127.0.0.0/8',
    ])
    assert.deepEqual(networksOf(''), [])
    const { status, stderr } = load({ WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/8,localhost' })
    assert.equal(status, 1)
    assert.match(stderr, /WEBHOOK_ALLOWED_NETWORKS: "localhost" is not a network in CIDR notation/)
  })

  it('gives the key by value or by file', () => {
    assert.equal(load({ ADMIN_KEY: 'x'.repeat(16) }).config.adminKey, 'x'.repeat(16))
    assert.equal(load({ ADMIN_KEY_FILE: join(directory, 'key') }).config.adminKey, '0123456789abcdef')
  })

  it('gives the credentials for Redis by files', async () => {
    const certificates = await makeCertificates()
    const { ca, client } = certificates
    const { redisCredentials } = load({
      REDIS_PASSWORD_FILE: join(directory, 'key'),
      REDIS_SENTINEL_USERNAME: 'watcher',
      REDIS_TLS_CA_FILE: ca,
      REDIS_TLS_CERT_FILE: client.cert,
      REDIS_TLS_KEY_FILE: client.key,
    }).config
    assert.equal(redisCredentials.password, '0123456789abcdef')
    assert.equal(redisCredentials.sentinelUsername, 'watcher')
    assert.match(redisCredentials.tls.ca, /^-----BEGIN CERTIFICATE/)
    const { status, stderr } = load({
      REDIS_PASSWORD_FILE: join(directory, 'empty'),
      REDIS_TLS_CA_FILE: join(directory, 'key'),
    })
    assert.equal(status, 1)
    assert.match(stderr, /REDIS_PASSWORD_FILE: the file is empty/)
    assert.match(stderr, /REDIS_TLS_CA_FILE: must be a file with a certificate/)
    assert.doesNotMatch(stderr, /0123456789abcdef/)
    assert.match(load({ REDIS_TLS_CERT_FILE: client.cert }).stderr, /requires REDIS_TLS_KEY_FILE/)
    await certificates.remove()
  })

  it('has all its problems named at once', () => {
    const { status, stderr } = load({
      PORT: '99999',
      ENGINE: 'cuda',
      ADMIN_KEY: 'two words',
      WORKER_MEMORY_MB: '2 GB',
      LOG_LEVEL: 'loud',
    })
    assert.equal(status, 1)
    for (const name of ['PORT', 'ENGINE', 'ADMIN_KEY', 'LOG_LEVEL', 'WORKER_MEMORY_MB'])
      assert.match(stderr, new RegExp(name))
  })

  it('may not name a key file that is missing or empty', () => {
    for (const file of ['missing', 'empty']) {
      const { status, stderr } = load({ ADMIN_KEY_FILE: join(directory, file) })
      assert.equal(status, 1)
      assert.match(stderr, /ADMIN_KEY_FILE/)
    }
  })
})
