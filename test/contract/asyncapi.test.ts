import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { Parser } from '@asyncapi/parser'

// In a file of its own: the parser keeps its process busy for seconds, in which a service would refuse requests.
it('asyncapi.yaml is valid', async () => {
  const diagnostics = await new Parser().validate(await readFile('asyncapi.yaml', 'utf8'))
  const found = diagnostics.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`)
  // That there is a newer version of AsyncAPI is no fault.
  assert.deepEqual(
    found.filter(text => !text.startsWith('asyncapi-latest-version')),
    [],
  )
})
