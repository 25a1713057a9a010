import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'

const CALL = /redis\.p?call\('(\w+)'(?:,\s*([^,)]+))?/g
const WITHOUT_KEYS = ['PUBLISH', 'TIME']

it('every Lua script names the keys that it uses in KEYS', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  let calls = 0
  for (const file of files) {
    const text = readFileSync(join('src', file), 'utf8')
    const declared = [...text.matchAll(/local (\w+) = KEYS\[/g)].map(([, name]) => name)
    for (const [call, command, key = ''] of text.matchAll(CALL)) {
      calls++
      if (WITHOUT_KEYS.includes(command!)) continue
      assert.ok(key.startsWith('KEYS[') || declared.includes(key), `${file}: ${call}`)
    }
  }
  assert.ok(calls > 20, 'the scripts were found')
})
