// Builds dist/: `package`, the runtime as it is published (JavaScript and WebAssembly for Node and for pages without a bundler, and types; pack
// it with `npm pack ./runtime/dist/package`), `native`, the package that compiles the native module, and `page.html`, the page that runs a model. A page of a model is this file with the model in it.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { buildNativePackage } from './scripts/build-native-package.mjs'

const MOST_BYTES = 80_000

const folder = import.meta.dirname
const outdir = join(folder, 'dist')
const shared = { absWorkingDir: folder, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' }

rmSync(outdir, { recursive: true, force: true })
mkdirSync(outdir)
await Promise.all([buildLibrary('node'), buildLibrary('browser'), buildPage()])
cpSync(join(folder, 'wasm'), join(outdir, 'package/wasm'), { recursive: true, filter: isPublished })
cpSync(join(folder, 'README.md'), join(outdir, 'package/README.md'))
writeTypes()
writeManifest()
writeLicenses()
buildNativePackage(join(outdir, 'native'))
checkSize()

/** The library finds `wasm/` two folders above its code, as in the sources. */
async function buildLibrary(platform) {
  const workers = { node: 'wasm-worker-node', browser: 'wasm-worker' }
  await build({
    ...shared,
    entryPoints: { index: 'src/index.ts', [workers[platform]]: `src/engine/${workers[platform]}.js` },
    outdir: join(outdir, 'package/lib', platform),
    platform: platform === 'node' ? 'node' : 'neutral',
    minify: true,
  })
}

/** Not the record of the sources of the modules. */
function isPublished(path) {
  return !path.endsWith('.sha256')
}

/** The declarations of the entry, and of what it names. */
function writeTypes() {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const command = [compiler, '-p', join(folder, 'tsconfig.build.json')]
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' })
  if (status !== 0) throw new Error('The types could not be written.')
  const types = join(outdir, 'package/types')
  const needed = new Set(['index.d.ts'])
  for (const name of needed)
    for (const [, path] of readFileSync(join(types, name), 'utf8').matchAll(/from '(\.[^']+)\.ts'/g))
      needed.add(`${join(dirname(name), path)}.d.ts`)
  for (const { parentPath, name } of readdirSync(types, { recursive: true, withFileTypes: true })) {
    const path = join(parentPath, name)
    if (path.endsWith('.d.ts') && !needed.has(relative(types, path))) rmSync(path)
  }
}

/** The decoder of zstd is part of the code; its license requires that copies contain it. */
function writeLicenses() {
  const decoder = join(dirname(createRequire(import.meta.url).resolve('fzstd')), '..')
  const { name, version } = JSON.parse(readFileSync(join(decoder, 'package.json'), 'utf8'))
  const license = readFileSync(join(decoder, 'LICENSE'), 'utf8')
  writeFileSync(join(outdir, 'package/LICENSES.txt'), `${name} ${version}\n\n${license}`)
}

/** Of the archive that npm makes of the package. */
function checkSize() {
  const { status, stdout } = spawnSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: join(outdir, 'package'),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error('The package could not be packed.')
  const [{ size }] = JSON.parse(stdout)
  if (size > MOST_BYTES) throw new Error(`The packed runtime has ${size} bytes; the limit is ${MOST_BYTES}.`)
  console.log(`The packed runtime has ${size} bytes.`)
}

/** One file with its style, its script and the WebAssembly modules, because browsers load nothing else from a folder. */
async function buildPage() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ['page/main.ts'],
    outdir,
    platform: 'neutral',
    minify: true,
    write: false,
    alias: { '#platform': './page/page-platform.ts' },
    loader: { '.wasm': 'binary' },
  })
  const script = outputFiles[0].text.replaceAll('</script', '<\\/script')
  const parts = { '/* style */': read('page/page.css'), '/* script */': script }
  const page = Object.entries(parts).reduce(
    (text, [mark, part]) => text.replace(mark, () => part),
    read('page/template.html'),
  )
  writeFileSync(join(outdir, 'page.html'), page)
}

function writeManifest() {
  const { name, version, description, type, engines } = JSON.parse(read('package.json'))
  const code = { node: './lib/node/index.js', default: './lib/browser/index.js' }
  const exports = { '.': { types: './types/index.d.ts', ...code } }
  const manifest = { name, version, description, type, engines, sideEffects: false, exports }
  writeFileSync(join(outdir, 'package/package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function read(path) {
  return readFileSync(join(folder, path), 'utf8')
}
