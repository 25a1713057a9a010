import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, it } from 'node:test'
import { promisify } from 'node:util'
import { pythonWithReaders } from '#test/support/readers.ts'
import { type Service, startService } from '#test/support/start-service.ts'

// test/docs/commands.test.ts runs the commands of the README; these are its programs.
const run = promisify(execFile)

let readme: string
let service: Service
let folder: string
before(async () => {
  service = await startService()
  folder = await mkdtemp(join(tmpdir(), 'thresher-readme-'))
  readme = (await readFile('README.md', 'utf8')).replaceAll('http://localhost:3000', service.url)
})
after(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

function snippet(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``).exec(readme)![1]!
}

it('the TypeScript snippet trains a job and downloads its model', async () => {
  // In the project, where a user's program would find the client too.
  const file = resolve('test', 'acceptance', 'readme-snippet.ts')
  try {
    await writeFile(file, snippet('ts'))
    const tsx = import.meta.resolve('tsx')
    const { stdout } = await run(process.execPath, ['--import', tsx, file], { cwd: folder })
    assert.equal(stdout.trim().split('\n').length, 3)
    await stat(join(folder, 'model.sparse.safetensors'))
  } finally {
    await rm(file, { force: true })
  }
})

it('the Python snippet trains a job and loads its model', async () => {
  const python = await pythonWithReaders()
  const program = `${snippet('python')}\nprint(sorted(weights))`
  const env = { ...process.env, PYTHONPATH: resolve('client/python/src') }
  const { stdout } = await run(python, ['-c', program], { cwd: folder, env })
  assert.match(stdout, /dense_1\/kernel/)
})
