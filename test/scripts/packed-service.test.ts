import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

test('the packed service has all that its setup loads, and nothing that was compiled for this machine', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder])
  const [{ filename, files }] = JSON.parse(stdout)
  await run('tar', ['xzf', filename], { cwd: folder })
  const installed = join(folder, 'package')
  await symlink(join(process.cwd(), 'node_modules'), join(installed, 'node_modules'))
  const { stderr } = await run(process.execPath, ['scripts/setup.mjs', 'redis'], { cwd: installed })
  assert.match(stderr, /^Redis: /)
  assert.ok(existsSync(join(installed, 'dist/runtime/dist/native/scripts/compile-native.mjs')))
  const compiled = files.filter(({ path }: { path: string }) => path.endsWith('.node'))
  assert.deepEqual(compiled, [])
})
