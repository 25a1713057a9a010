import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ERROR_CATALOGUE } from '#domain/error.ts'
import { FailureCode } from '#domain/event.ts'
import { PICTURES } from '#scripts/guide/pictures.ts'
import { CODE_TABLES, insertTable } from '#scripts/guide/tables.ts'
import { FAILURES } from '../../cli/src/mcp/explain/failures.ts'
import { PROBLEMS } from '../../cli/src/mcp/explain/problems.ts'
import { WARNINGS } from '../../cli/src/mcp/explain/warnings.ts'

const PAGE = readFileSync('docs/guide.md', 'utf8')

/** A warning is an object with `code`, `path` and `message`; dry runs and storage name some codes otherwise, and so do webhooks. */
const WARNING_CODES = [
  /\bcode: '(\w+)',\s+(?:path\b|\.\.\.mistake\b|\.\.\.memory\b)/g,
  /\? '(storage_\w+)' :/g,
  /: '(storage_\w+)'\n/g,
  /'(webhook_\w+)'/g,
]
/** Of zod's issues. */
const NOT_A_WARNING = 'custom'

function warningCodesOfSource(): Set<string> {
  const codes = new Set<string>()
  for (const room of ['src', 'workers'])
    for (const file of readdirSync(room, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue
      const source = readFileSync(join(room, file), 'utf8')
      for (const pattern of WARNING_CODES)
        for (const [, code] of source.matchAll(pattern)) if (code !== NOT_A_WARNING) codes.add(code!)
    }
  return codes
}

describe('the guide for practitioners', () => {
  it('explains every warning that the source can give, and no other', () => {
    const codes = warningCodesOfSource()
    assert.ok(
      codes.has('outside_recommended') && codes.has('storage_full') && codes.size > 20,
      String([...codes]),
    )
    assert.deepEqual(Object.keys(WARNINGS).sort(), [...codes].sort())
    for (const code of codes) assert.match(PAGE, new RegExp(`^\\| \`${code}\` \\|`, 'm'))
  })

  it('explains every failure of a job', () => {
    assert.deepEqual(Object.keys(FAILURES).sort(), [...FailureCode.options].sort())
  })

  it('has the explanations that `explain_error` gives (`npm run guide -- codes` writes them)', () => {
    for (const [name, table] of Object.entries(CODE_TABLES))
      assert.equal(insertTable(PAGE, name, table), PAGE)
  })

  it('shows every picture, with the command that makes it', () => {
    const shown = [...PAGE.matchAll(/^!\[[^\]]{20,}\]\(images\/guide-([\w-]+)\.svg\)$/gm)].map(
      ([, name]) => name!,
    )
    assert.deepEqual(shown.toSorted(), Object.keys(PICTURES).sort())
    const made = [...PAGE.matchAll(/`npm run guide -- ([\w -]+)`/g)].flatMap(([, names]) => names!.split(' '))
    for (const name of shown) {
      assert.ok(made.includes(name), name)
      assert.match(
        readFileSync(`docs/images/guide-${name}.svg`, 'utf8'),
        /^<svg[\s\S]*<polyline[\s\S]*<\/svg>\n$/,
      )
    }
  })
})

it('explain_error explains every error that a client can receive', () => {
  assert.deepEqual(Object.keys(PROBLEMS).sort(), Object.keys(ERROR_CATALOGUE).sort())
})
