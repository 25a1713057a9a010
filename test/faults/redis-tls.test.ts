import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { makeCertificates } from '#test/support/certificates.ts'
import { documentedUser } from '#test/support/documented-users.ts'
import { startApiAndWorker } from '#test/support/start-api-and-worker.ts'
import { startTlsRedis } from '#test/support/tls-redis-server.ts'
import { get, post, watchJob } from '#test/support/watch-job.ts'

const PASSWORD = 'a-secret/with@reserved:characters%'

it('a service trains over TLS as the user of docs/redis.md, who can do nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-tls-'))
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, `${PASSWORD}\n`)
  const certificates = await makeCertificates()
  const redis = await startTlsRedis(certificates, {
    settings: ['user default on >administrator ~* &* +@all', documentedUser('server', PASSWORD)],
    adminPassword: 'administrator',
  })
  const service = await startApiAndWorker({
    REDIS_URL: `rediss://thresher@127.0.0.1:${redis.port}`,
    REDIS_PASSWORD_FILE: passwordFile,
    REDIS_TLS_CA_FILE: certificates.ca,
    REDIS_TLS_CERT_FILE: certificates.client.cert,
    REDIS_TLS_KEY_FILE: certificates.client.key,
    ARTIFACT_URL: 'redis://',
  })
  try {
    const { status, body: job } = await post(service.url, '/v1/jobs', {
      model: { preset: 'mnist-mlp' },
      epochs: 1,
      labels: { team: 'digits' },
    })
    assert.equal(status, 201)
    const { frames } = await watchJob(service.url, job.id)
    assert.equal(frames.at(-1)?.status, 'succeeded')
    const { body: listed } = await get(service.url, '/v1/jobs?label.team=digits&status=succeeded')
    assert.deepEqual(
      listed.data.map(({ id }: { id: string }) => id),
      [job.id],
    )
    const refused = (await redis.admin.call('ACL', 'LOG')) as unknown[]
    assert.deepEqual(refused, [], 'every command of the service is permitted')
  } finally {
    await service.stop()
    await redis.stop()
    await certificates.remove()
    await rm(folder, { recursive: true })
  }
})
