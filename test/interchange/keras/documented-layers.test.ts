import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { CONVERTERS } from '#interchange/keras/layers/keras-codecs.ts'

it('docs/keras.md lists the layers that are read, and no other', () => {
  const page = readFileSync(new URL('../../../docs/keras.md', import.meta.url), 'utf8')
  const [, section] = /## Layers\n\n([^#]*)\. Any other layer/.exec(page)!
  const listed = section!.replaceAll(/ of these| \([^)]*\)/g, '').split(/[,;]\s+/)
  assert.deepEqual(listed.toSorted(), [...CONVERTERS.keys()].toSorted())
})
