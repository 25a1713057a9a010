import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { commentsIn, messagesIn, obscurities } from '#test/support/plain-language.ts'

/** The contents of the files in a folder whose names have the ending, by path. */
async function* filesIn(
  folder: string,
  ending: string,
  recursive: boolean,
): AsyncGenerator<[string, string]> {
  for (const file of await readdir(folder, { recursive })) {
    if (file.endsWith(ending)) yield [join(folder, file), await readFile(join(folder, file), 'utf8')]
  }
}

/** The paragraphs of a page without its code blocks, each on one line; list items and table rows are paragraphs. */
function paragraphsOf(page: string): string[] {
  return page
    .replaceAll(/^```.*?^```|^ {4}\S[^\n]*$/gms, '')
    .split(/\n\n|\n(?=\s*(?:- |\d+\. |\|))/)
    .map(text => text.replaceAll(/\s+/g, ' ').trim())
}

describe('the language of this repository', () => {
  for (const room of ['src', 'workers']) {
    it(`is plain in the comments and messages of ${room}`, async () => {
      let count = 0
      for await (const [path, source] of filesIn(room, '.ts', true)) {
        const texts = [...commentsIn(source), ...messagesIn(source)]
        count += texts.length
        assert.deepEqual(texts.flatMap(obscurities), [], path)
      }
      assert.ok(count > 500, String(count))
    })
  }

  it('is plain in the documentation', async () => {
    let count = 0
    for await (const [path, page] of filesIn('docs', '.md', false)) {
      const paragraphs = paragraphsOf(page)
      count += paragraphs.length
      assert.deepEqual(paragraphs.flatMap(obscurities), [], path)
    }
    assert.ok(count > 300, String(count))
  })

  it('contains no compound name that CONTRIBUTING.md retires', async () => {
    const table =
      (await readFile('CONTRIBUTING.md', 'utf8')).match(/\| retired \| now \|\n(\|.*\n)+/)?.[0] ?? ''
    const names = [...table.matchAll(/^\| `(\w+)`/gm)].flatMap(([, name]) =>
      /[a-z][A-Z]/.test(name!) ? [name!] : [],
    )
    assert.ok(names.includes('keepTrying'), String(names))
    const retired = new RegExp(`\\b(${names.join('|')})\\b`)
    for (const folder of ['src', 'workers', 'scripts', 'bench', 'test'])
      for await (const [path, source] of filesIn(folder, '.ts', true))
        if (!path.endsWith('plain-language.test.ts')) assert.doesNotMatch(source, retired, path)
  })

  it('is checked by patterns that find what was written before', () => {
    for (const text of [
      'a job was to go on',
      'What lists leave out of each job unless it is given',
      'is no field here; there is: spec',
      'The worker is told what it is asked for',
      'yields the next news',
      'a job nobody renews',
      'The range lies outside the artifact',
      'Takes the `spec` of any job as it is',
      'looks whether the one that has it lives',
      'Deletes a job that is over',
      'a worker that is handed such a job',
      'a folder of its own.',
      'The same spec gives the same bits, however often it was interrupted',
      'Writes a varied image to its position',
    ])
      assert.ok(obscurities(text).length > 0, text)
  })

  it('is read from comments and literals, also across lines', () => {
    const source =
      "/**\n * It goes\n * on.\n */\nconst a = 'no job\\'s end' // b\n// First\n// second.\nconst b = `x`\n"
    assert.deepEqual(commentsIn(source), ['It goes on.', 'First second.'])
    assert.deepEqual(messagesIn(source), ["'no job\\'s end'"])
  })
})
