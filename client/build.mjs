// Writes the package as it is published to client/dist: JavaScript, types, a manifest and the README. Pack it with `npm pack ./client/dist`.
// The folder of the source is private and packs no file, because only a TypeScript loader can run it and npm does not rewrite `exports`.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

process.chdir(import.meta.dirname)
rmSync('dist', { recursive: true, force: true })
const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
const compiler = join(typescript, '../bin/tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const {
  devDependencies: _,
  private: __,
  scripts: ___,
  files: ____,
  exports,
  ...manifest
} = JSON.parse(readFileSync('package.json', 'utf8'))
const entries = Object.entries(exports).map(([name, source]) => {
  const built = source.replace('./src/', './').replace(/\.ts$/, '')
  return [name, { types: `${built}.d.ts`, default: `${built}.js` }]
})
const published = { ...manifest, exports: Object.fromEntries(entries) }
writeFileSync('dist/package.json', `${JSON.stringify(published, null, 2)}\n`)
cpSync('README.md', 'dist/README.md')
