import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'

type MakeOnce = (
  name: string,
  options: { sources: string[]; output: string; make: () => Promise<void> },
) => Promise<boolean>

/** A project of its own: setup finds its folders from the place of its own files. */
let project: string
let makeOnce: MakeOnce

before(async () => {
  project = mkdtempSync(join(tmpdir(), 'thresher-project-'))
  cpSync('scripts/setup', join(project, 'scripts/setup'), { recursive: true })
  mkdirSync(join(project, 'src/rooms'), { recursive: true })
  write('src/main.ts', '1')
  write('src/rooms/job.ts', '1')
  write('package.json', '{}')
  ;({ makeOnce } = await import(pathToFileURL(join(project, 'scripts/setup/make-once.mjs')).href))
})
after(() => rmSync(project, { recursive: true, force: true }))

function write(path: string, content: string): void {
  writeFileSync(join(project, path), content)
}

/** @returns whether it was made */
function make(work = () => {}): Promise<boolean> {
  return makeOnce('service', {
    sources: ['src', 'package.json', 'tsconfig.json'],
    output: 'dist',
    async make() {
      work()
      mkdirSync(join(project, 'dist'), { recursive: true })
    },
  })
}

test('a program is built once, and again after each change of its sources', async () => {
  assert.equal(await make(), true)
  assert.equal(await make(), false)
  const changes = {
    'an edit': () => write('src/rooms/job.ts', '22'),
    'a file of the same size': () => write('src/rooms/job.ts', '33'),
    'a new file': () => write('src/rooms/event.ts', ''),
    'a deleted file': () => rmSync(join(project, 'src/rooms/event.ts')),
    'a single file': () => write('package.json', '{ }'),
    'a source that was missing': () => write('tsconfig.json', '{}'),
    'a deleted output': () => rmSync(join(project, 'dist'), { recursive: true }),
  }
  for (const [name, change] of Object.entries(changes)) {
    change()
    assert.equal(await make(), true, name)
    assert.equal(await make(), false, `nothing after ${name}`)
  }
})

test('what a build writes beside the sources is not a source', async () => {
  mkdirSync(join(project, 'src/dist'), { recursive: true })
  write('src/dist/main.js', '')
  assert.equal(await make(), false)
})

test('a build that failed is repeated, and so is one whose sources changed meanwhile', async () => {
  write('src/main.ts', 'broken')
  const fail = () => {
    throw new Error('It does not compile.')
  }
  await assert.rejects(make(fail), /does not compile/)
  assert.ok(existsSync(join(project, 'dist')))
  assert.equal(await make(() => write('src/main.ts', 'edited')), true)
  assert.equal(await make(), true)
  assert.equal(await make(), false)
})
