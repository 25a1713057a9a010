import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Random, randomStream } from '#network/random.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const REQUESTS = 1500
const SCRAPS = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'NaN',
  '%00',
  '%2e%2e%2f',
  '\u202e',
  '💥',
  '*',
  '(',
  "'",
  '"',
  '{}',
  '[]',
  'x'.repeat(600),
]
const VALUES = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  'grda',
  '',
  [],
  {},
  [1],
  { name: 'grda' },
  { preset: 'mnist-mlp' },
  { id: 'mnist' },
]
const FIELDS = [
  'name',
  'model',
  'dataset',
  'optimizer',
  'schedule',
  'validation',
  'epochs',
  'labels',
  'priority',
  'toString',
]

describe('any request of a client', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  it('is answered, never with a 5xx', async () => {
    const { paths } = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, object>
    }
    const random = randomStream(1, 'fuzz')
    const job = (await (
      await send('POST', '/v1/jobs', JSON.stringify({ model: { preset: 'mnist-mlp' } }))
    ).json()) as { id: string }
    for (let i = 0; i < REQUESTS; i++) {
      const path = pick(random, Object.keys(paths)).replace(/\{\w+\}/g, () =>
        random.next() < 0.5 ? job.id : encode(pick(random, SCRAPS)),
      )
      const query =
        random.next() < 0.5
          ? ''
          : `?${pick(random, ['after', 'limit', 'dryRun', 'status', 'format', 'label.a', 'x'])}=${encode(pick(random, SCRAPS))}`
      const method = pick(random, ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS'])
      const body = method === 'GET' || method === 'HEAD' ? undefined : randomBody(random)
      const answer = await send(method, path + query, body)
      assert.ok(answer.status < 500, `${method} ${path}${query} with ${body} answered ${answer.status}`)
      await answer.arrayBuffer()
    }
  })

  const send = (method: string, path: string, body?: string) =>
    fetch(api.url + path, {
      method,
      ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
    })
})

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.below(from.length)]!
}

function encode(scrap: string): string {
  return scrap.startsWith('%') ? scrap : encodeURIComponent(scrap) || 'x'
}

function randomBody(random: Random): string {
  if (random.next() < 0.1) return pick(random, ['', '{', 'null', '[1,2', '"', '\0'])
  const fields = Array.from({ length: random.below(5) }, () => [pick(random, FIELDS), pick(random, VALUES)])
  return JSON.stringify(Object.fromEntries(fields))
}
