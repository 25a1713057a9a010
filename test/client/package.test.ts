import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startApiAndWorker } from '#test/support/start-api-and-worker.ts'
import { startRedis } from '#test/support/start-redis.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../..', import.meta.url))
const URL_OF_README = 'http://127.0.0.1:3000'

/** The examples of the README as one module: every line of it is both TypeScript and JavaScript. */
async function examples(): Promise<string> {
  const page = await readFile(join(project, 'client/README.md'), 'utf8')
  return [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code).join('\n')
}

describe('the packed client in an empty folder', () => {
  let folder: string
  let program: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-package-'))
    program = await examples()
    await run(process.execPath, [join(project, 'client/build.mjs')])
    await run('npm', ['pack', join(project, 'client/dist'), '--pack-destination', folder])
    const [archive] = await readdir(folder)
    await writeFile(join(folder, 'package.json'), '{"type": "module"}')
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${archive}`], { cwd: folder })
  })
  after(() => rm(folder, { recursive: true }))

  it('is not packed from its source, which Node cannot run', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', join(project, 'client')])
    const [{ files }] = JSON.parse(stdout)
    assert.deepEqual(files.map(({ path }: { path: string }) => path).sort(), ['README.md', 'package.json'])
    const { private: isPrivate } = JSON.parse(await readFile(join(project, 'client/package.json'), 'utf8'))
    assert.equal(isPrivate, true)
  })

  it('has no dependencies, and types with which the examples of its README compile', async () => {
    assert.deepEqual(await readdir(join(folder, 'node_modules')), ['.package-lock.json', '@thresher'])
    await writeFile(join(folder, 'examples.ts'), program)
    const compiler = join(project, 'node_modules/typescript/bin/tsc')
    const options =
      '--ignoreConfig --noEmit --strict --module nodenext --target es2023 --lib es2023,dom,dom.iterable'
    await run(process.execPath, [compiler, ...options.split(' '), 'examples.ts'], { cwd: folder }).catch(
      ({ stdout }) => assert.fail(stdout),
    )
  })

  it('runs the examples of its README without TypeScript', { timeout: 300_000 }, async t => {
    const redis = await startRedis()
    const service = await startApiAndWorker({ REDIS_URL: redis.url, ARTIFACT_URL: 'redis:' })
    t.after(async () => {
      await service.stop()
      await redis.stop()
    })
    const small = program
      .replace(URL_OF_README, service.url)
      .replace('epochs: 3', 'epochs: 1, validation: { fraction: 0.9 }')
    await writeFile(join(folder, 'examples.mjs'), small)
    await writeFile(join(folder, 'flowers.csv'), 'petal,species\n1.4,setosa\n4.7,versicolor\n')
    // Node 20 has no WebSocket.
    const code = `import ws from ${JSON.stringify(import.meta.resolve('ws'))}; globalThis.WebSocket ??= ws`
    const preload = `data:text/javascript,${encodeURIComponent(code)}`
    const { stdout } = await run(process.execPath, ['--import', preload, 'examples.mjs'], { cwd: folder })
    assert.match(stdout, /^1 0\.\d+ 0\.\d+\nsucceeded\n/)
    assert.match(stdout, /^job_\w+ end$/m)
    const file = await readFile(join(folder, 'model.sparse.safetensors'))
    assert.ok(file.length > 1000)
    const { version } = JSON.parse(await readFile(join(project, 'client/package.json'), 'utf8'))
    const installed = join(folder, 'node_modules/@thresher/client/package.json')
    assert.equal(JSON.parse(await readFile(installed, 'utf8')).version, version)
  })
})
