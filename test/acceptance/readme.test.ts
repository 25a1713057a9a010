import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, it } from 'node:test'
import { promisify } from 'node:util'
import { pythonWithReaders } from '#test/support/readers.ts'
import { type Service, startService } from '#test/support/start-service.ts'

const run = promisify(execFile)

/** The README, its commands sent to the service of this test. */
let readme: string
let service: Service
let folder: string
before(async () => {
  service = await startService()
  folder = await mkdtemp(join(tmpdir(), 'thresher-readme-'))
  const text = await readFile('README.md', 'utf8')
  readme = text.replaceAll('http://localhost:3000', service.url).replaceAll('localhost:3000', service.url)
})
after(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

it('the commands from submission to checkpoint work as they are printed', async () => {
  const [, commands] = /In a second terminal:\n\n((?: {4}.*\n|\n)+)/.exec(readme)!
  await cp('docs', join(folder, 'docs'), { recursive: true })
  // A Python that has NumPy comes first, as it would for whoever reads the file.
  const python = dirname(await pythonWithReaders())
  const env = { ...process.env, PATH: `${python}:${process.env.PATH}` }
  const { stdout } = await run('bash', ['-euc', commands!], { cwd: folder, env })
  assert.match(stdout, /^event: succeeded$/m)
  assert.match(stdout, /dense_1\/kernel.*784/)
})

it('the TypeScript snippet runs on this Node', async () => {
  const [, snippet] = /```ts\n([\s\S]+?)```/.exec(readme)!
  // In the project, where a user's program would find `ws` too.
  const file = join('test', 'acceptance', 'readme-snippet.ts')
  try {
    await writeFile(file, snippet!)
    const { stdout } = await run(process.execPath, ['--import', 'tsx', file])
    const lines = stdout.trim().split('\n')
    assert.deepEqual([lines.length, lines.at(-1)], [4, 'succeeded'])
  } finally {
    await rm(file, { force: true })
  }
})
