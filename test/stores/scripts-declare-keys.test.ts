import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'

/** A command and its first argument, which is a key. */
const CALL = /redis\.p?call\('(\w+)'(?:,\s*([^,)]+))?/g
const WITHOUT_KEYS = ['PUBLISH', 'TIME']

it('every Lua script takes the keys that it uses from KEYS', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  let calls = 0
  for (const file of files) {
    const text = readFileSync(join('src', file), 'utf8')
    const parameters = [...text.matchAll(/local function \w+\(([^)]*)\)/g)].flatMap(([, names]) =>
      names!.split(', '),
    )
    for (const [call, command, key = ''] of text.matchAll(CALL)) {
      calls++
      if (WITHOUT_KEYS.includes(command!)) continue
      assert.ok(/^KEYS\[[^\]]+\]$/.test(key) || parameters.includes(key), `${file}: ${call}`)
    }
  }
  assert.ok(calls > 20, 'the scripts were found')
})
