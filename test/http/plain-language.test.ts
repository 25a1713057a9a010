import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { ERROR_CATALOGUE } from '#domain/error.ts'

/** Words that this project once used for its parts, and the terms that replaced them. */
const RETIRED: readonly (readonly [RegExp, string])[] = [
  [/\binsist/i, 'retry until answered'],
  [/\bkeeps? trying\b|\bin vain\b/i, 'retry, superseded'],
  [/\b(bury|buried)\b|\bfrom the dead\b/i, 'reclaim'],
  [/\bforgotten\b|\bforgetful\b/i, 'missing, not durable'],
  [/\blast words?\b/i, 'tail of stderr'],
  [/\bworkshop\b/i, 'work directory'],
  [/\bingredients?\b|\bfeeding\b/i, 'step functions, input pipeline'],
  [/\bculprits?\b/i, 'non-finite variables'],
  [/\bsweep(s|ing)?\b.*\borphan|\borphan.*\bsw(eep|ept)/i, 'delete orphan blobs'],
  [/\bnudged?\b/i, 'perturb'],
]

/** Phrases that a reader has to decode, and what to write instead. */
const OBSCURE: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was|were|been) told\b|\btells? of\b/i, 'the message or the report, by its name'],
  [/\b(go|goes|going|went) on\b/i, 'continue, resume'],
  [/\b(whoever|somebody|nobody|someone)\b/i, 'the client, the operator, the worker'],
  [/\bof (its|their|one's) own\b/i, 'its own'],
  [/\bas (it is|they are|it was|they were)\b(?! (stored|sent|written))/i, 'unchanged'],
  [/\bcomes? (to (be|the|what)|close to)\b/i, 'become, approximate'],
  [/\b(learns?|asks?|asked) (for )?what\b/i, 'the thing, by its name'],
  [/\bof what\b|\bby what\b|\bfrom what\b/i, 'the thing, by its name'],
  [/\bstays? the\b/i, 'remain, keep'],
  [/\bthere is:/i, 'the values are:'],
  [/(?<!\b(there|it) )\bis no (?!longer\b)/i, 'is not a'],
  [/\b(a moment ago|just now|by nature|without a word)\b/i, 'plain words'],
  [/\bunless it is given\b|\bif any came\b|\bsays? otherwise\b/i, 'by default'],
  [/\b(lie|lies|lay) (in|at|below|outside|within|there|beyond)\b/i, 'is in'],
]

const WORDS = [...RETIRED, ...OBSCURE]

/** @returns each obscure phrase of a text, with advice; empty for plain English */
function obscurities(text: string): string[] {
  return WORDS.flatMap(([pattern, better]) => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? [] : [`"${found}" in: ${text} (write: ${better})`]
  })
}

function* described(part: unknown): Generator<string> {
  if (typeof part !== 'object' || part === null) return
  for (const [key, value] of Object.entries(part)) {
    if ((key === 'summary' || key === 'description') && typeof value === 'string') yield value
    else yield* described(value)
  }
}

/** The string literals with more than one word in a source file: messages, not names. */
async function messagesIn(path: string): Promise<string[]> {
  const source = await readFile(path, 'utf8')
  const code = source.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/^\s*\/\/.*$/gm, '')
  const literals = code.match(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/gs) ?? []
  return literals.filter(text => /\w \w/.test(text))
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

  it('is plain in the messages of the domain, the jobs and the routes', async () => {
    let count = 0
    for (const room of ['src/domain', 'src/jobs', 'src/http']) {
      for (const file of await readdir(room, { recursive: true })) {
        if (!file.endsWith('.ts')) continue
        const messages = await messagesIn(join(room, file))
        count += messages.length
        assert.deepEqual(messages.flatMap(obscurities), [], join(room, file))
      }
    }
    assert.ok(count > 200, String(count))
  })

  it('is checked by patterns that find what was written before', () => {
    for (const text of [
      'a job was to go on',
      'What lists leave out of each job unless it is given',
      'is no field here; there is: spec',
      'The worker is told what it is asked for',
      'a job nobody renews',
      'The range lies outside the artifact',
      'Takes the `spec` of any job as it is',
    ])
      assert.ok(obscurities(text).length > 0, text)
  })
})
