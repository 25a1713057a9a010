import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { ERROR_CATALOGUE } from '#domain/error.ts'
import { obscurities } from '#test/support/plain-language.ts'

function* described(part: unknown): Generator<string> {
  if (typeof part !== 'object' || part === null) return
  for (const [key, value] of Object.entries(part)) {
    if ((key === 'summary' || key === 'description') && typeof value === 'string') yield value
    else yield* described(value)
  }
}

describe('the language of the api', () => {
  it('is plain in the titles of the errors', () => {
    for (const [code, { title }] of Object.entries(ERROR_CATALOGUE))
      assert.deepEqual(obscurities(title), [], code)
  })

  it('is plain in every summary and description of the contract', async () => {
    const texts = [...described(parse(await readFile('openapi.yaml', 'utf8')))]
    assert.ok(texts.length > 200, String(texts.length))
    assert.deepEqual(texts.flatMap(obscurities), [])
  })
})
