import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { type Certificates, makeCertificates } from '#test/support/certificates.ts'

let certificates: Certificates
before(async () => {
  certificates = await makeCertificates()
})
after(() => certificates.remove())

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
  const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: certificates.ca }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return JSON.parse(stdout)
}

it('the certificate of a pinned connection is checked against the host name of the URL', async () => {
  const names: (string | false | null)[] = []
  const [key, cert] = await Promise.all(
    [certificates.server.key, certificates.server.cert].map(path => readFile(path)),
  )
  const server = createServer({ key: key!, cert: cert! }, (request, response) => {
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
