import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { sendEvent } from '#deliveries/send-event.ts'
import { WEBHOOK_EVENTS } from '#webhooks/event-types.ts'
import { networksOf } from '#webhooks/public-address.ts'
import { newSecret } from '#webhooks/signature.ts'
import type { Webhook } from '#webhooks/webhook.ts'

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
const codeIn = (language: string) => page.match(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``))![1]!

const RECEIVERS: Record<string, (env: NodeJS.ProcessEnv) => ChildProcess> = {
  Node: env => spawn(process.execPath, ['--input-type=module', '--eval', codeIn('js')], { env }),
  Python: env => spawn('python3', ['-c', codeIn('python')], { env }),
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

for (const [language, start] of Object.entries(RECEIVERS))
  it(`the documented receiver in ${language} accepts events that are signed with its secret, and no others`, async () => {
    const [port, secret] = [await freePort(), newSecret()]
    const child = start({ PATH: process.env.PATH, PORT: String(port), WEBHOOK_SECRET: secret })
    let output = ''
    child.stdout!.on('data', text => {
      output += text
    })
    const send = async (...secrets: string[]) => {
      const webhook = { url: `http://127.0.0.1:${port}/`, secrets: secrets.map(text => ({ secret: text })) }
      const event = { type: 'job.succeeded', id: 'job_1', seq: 1, time: new Date().toISOString() } as const
      const options = { allowed: networksOf(['127.0.0.0/8']) }
      return (await sendEvent(webhook as unknown as Webhook, 'msg_1', event, options)).httpStatus
    }
    try {
      while ((await send(secret)) === undefined) {
        assert.equal(child.exitCode, null, 'the receiver has ended')
        await pause(20)
      }
      assert.equal(await send(newSecret(), secret), 204)
      assert.equal(await send(newSecret()), 401)
      assert.match(output, /^job\.succeeded .*job_1/)
    } finally {
      child.kill()
    }
  })

it('the page names every type of event', () => {
  for (const type of WEBHOOK_EVENTS)
    assert.ok(page.includes(`\`${type.replace(/^analysis\..*/, 'analysis.')}\``), type)
})
