import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { thresher, thresherPath } from '#test/support/thresher-program.ts'

const run = promisify(execFile)

test('the help of every command has an example, and so has that of every command within it', async () => {
  const names = await commandsIn([])
  assert.ok(names.length >= 20)
  await Promise.all(names.map(checkHelpOf))
})

async function checkHelpOf(name: string): Promise<void> {
  for (const path of [[name], ...(await commandsIn([name])).map(child => [name, child])]) {
    const { code, stdout } = await thresher([...path, '--help'])
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`Usage: thresher ${path.join(' ')}`))
    assert.match(stdout, new RegExp(`\nExamples:\n {2}.*thresher ${name}`), path.join(' '))
    assert.match(stdout, /--json/)
  }
}

test('the completion of bash offers every command of the help, the options of a command, and files', async () => {
  const { stdout: help } = await thresher(['--help'])
  const listed = help.slice(help.indexOf('Commands:'), help.indexOf('Exit codes:'))
  const names = [...listed.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name!)
  assert.deepEqual((await complete('thresher ')).sort(), names.sort())
  assert.ok((await complete('thresher train --sp')).includes('--sparsity'))
  assert.deepEqual(await complete('thresher sweep c'), ['create', 'cancel'])
  assert.deepEqual(await complete('thresher completion f'), ['fish'])
  assert.deepEqual(await complete('thresher ls --status cancelled '), [])
})

test('the documentation describes every command', async () => {
  const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  for (const name of await commandsIn([]))
    if (name !== 'help') assert.match(page, new RegExp(`\`thresher ${name}\\b`), name)
})

test('the exit codes of the documentation are those of the help', async () => {
  const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  const { stdout } = await thresher(['--help'])
  const codes = [...stdout.slice(stdout.indexOf('Exit codes:')).matchAll(/^ {2}(\d+) +(.+)$/gm)]
  assert.equal(codes.length, 7)
  for (const [, code, meaning] of codes)
    assert.ok(page.includes(`| ${code} | ${meaning} |`), `${code} ${meaning}`)
})

/** The names that complete a command line after these words. */
async function commandsIn(words: string[]): Promise<string[]> {
  const { stdout } = await thresher(['complete', '--', ...words, ''], {
    env: { THRESHER_URL: 'http://127.0.0.1:1' },
  })
  // The values of an argument have no descriptions.
  const found = [...stdout.matchAll(/^([a-z]+)\t.+$/gm)].map(([, name]) => name!)
  return found.filter(name => name !== 'help')
}

/** What bash offers after the line. */
async function complete(line: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-bash-'))
  try {
    await symlink(thresherPath, join(folder, 'thresher'))
    const { stdout: script } = await thresher(['completion', 'bash'])
    const words = line.split(' ')
    await writeFile(
      join(folder, 'complete.sh'),
      `${script}\nCOMP_WORDS=(${words.map(word => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_thresher\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`,
    )
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, THRESHER_URL: 'http://127.0.0.1:1' }
    const { stdout } = await run('bash', [join(folder, 'complete.sh')], { env })
    return stdout.split('\n').filter(Boolean)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
