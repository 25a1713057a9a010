import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thresher-tls-'))
  const subject = ['-subj', '/CN=hooks.test', '-addext', 'subjectAltName=DNS:hooks.test']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...files], { stdio: 'ignore' })
})
after(() => rm(folder, { recursive: true }))

/** Sends an event from a process that trusts the certificate. */
async function send(host: string, port: number) {
  const program = `
    import { sendEvent } from '#deliveries/send-event.ts'
    import { networksOf } from '#webhooks/public-address.ts'
    const webhook = { url: 'https://${host}:${port}/', secrets: [{ secret: 'whsec_AAAA' }] }
    const event = { type: 'job.succeeded', id: 'job_1', seq: 1, time: '2026-01-01T00:00:00.000Z' }
    const options = { allowed: networksOf(['127.0.0.0/8']), resolve: async () => ['127.0.0.1'] }
    console.log(JSON.stringify(await sendEvent(webhook, 'msg_1', event, options)))`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
  const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return JSON.parse(stdout)
}

it('the certificate of a pinned connection is checked against the host name of the URL', async () => {
  const names: (string | false | null)[] = []
  const [key, cert] = await Promise.all([
    readFile(join(folder, 'key.pem')),
    readFile(join(folder, 'cert.pem')),
  ])
  const server = createServer({ key, cert }, (request, response) => {
    names.push((request.socket as TLSSocket & { servername: string }).servername)
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  assert.equal((await send('hooks.test', port)).httpStatus, 204)
  assert.deepEqual(names, ['hooks.test'])
  const { httpStatus, error } = await send('other.test', port)
  assert.equal(httpStatus, undefined)
  assert.match(error, /does not match certificate/)
  assert.equal(names.length, 1)
  server.close()
})
