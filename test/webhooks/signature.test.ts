import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Webhook as Receiver, WebhookVerificationError } from 'standardwebhooks'
import { newSecret, signatureHeaders } from '#webhooks/signature.ts'
import { rotateSecret, validSecrets, type Webhook } from '#webhooks/webhook.ts'

const message = { id: 'msg_1', sentAt: new Date(), body: '{"type":"job.succeeded"}' }

it('a message is verified by the library of Standard Webhooks, and by no other secret', () => {
  const secret = newSecret()
  const headers = signatureHeaders(message, [secret])
  assert.deepEqual(new Receiver(secret).verify(message.body, headers), { type: 'job.succeeded' })
  assert.throws(() => new Receiver(newSecret()).verify(message.body, headers), WebhookVerificationError)
  assert.throws(() => new Receiver(secret).verify(`${message.body} `, headers), WebhookVerificationError)
  const replayed = { ...headers, 'webhook-id': 'msg_2' }
  assert.throws(() => new Receiver(secret).verify(message.body, replayed), WebhookVerificationError)
})

it('a signature equals that of the specification of Standard Webhooks', () => {
  const headers = signatureHeaders(
    {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      sentAt: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
    },
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  )
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

it('a secret is whsec_ and the base64 of 32 random bytes', () => {
  const secrets = [newSecret(), newSecret()]
  assert.notEqual(secrets[0], secrets[1])
  for (const secret of secrets) {
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
    assert.equal(Buffer.from(secret.slice('whsec_'.length), 'base64').length, 32)
  }
})

it('for a day after a rotation, receivers with either secret accept a message; after that, only those with the new one', () => {
  const [first, second, third] = [newSecret(), newSecret(), newSecret()]
  const webhook = { secrets: [{ secret: first }] } as unknown as Webhook
  const now = new Date()
  const accepted = (rotated: Webhook, at: Date) => {
    const headers = signatureHeaders({ ...message, sentAt: now }, validSecrets(rotated, at))
    return [first, second, third].map(secret => {
      try {
        return Boolean(new Receiver(secret).verify(message.body, headers))
      } catch {
        return false
      }
    })
  }
  const rotated = rotateSecret(webhook, second, now)
  const later = (ms: number) => new Date(now.getTime() + ms)
  assert.deepEqual(accepted(webhook, now), [true, false, false])
  assert.deepEqual(accepted(rotated, now), [true, true, false])
  assert.deepEqual(accepted(rotated, later(86_399_000)), [true, true, false])
  assert.deepEqual(accepted(rotated, later(86_400_000)), [false, true, false])
  assert.deepEqual(accepted(rotateSecret(rotated, third, now), now), [false, true, true])
})
