// Builds dist/: `package`, the runtime as JavaScript and WebAssembly for Node and for pages without a bundler, and `page.html`, the page that
// runs a model. A page of a model is this file with the model in it.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const folder = import.meta.dirname
const outdir = join(folder, 'dist')
const shared = { absWorkingDir: folder, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' }

rmSync(outdir, { recursive: true, force: true })
mkdirSync(outdir)
await Promise.all([buildLibrary('node'), buildLibrary('browser'), buildPage()])
cpSync(join(folder, 'wasm'), join(outdir, 'package/wasm'), { recursive: true })
writeManifest()

/** The library finds `wasm/` two folders above its code, as in the sources. */
async function buildLibrary(platform) {
  const workers = { node: 'wasm-worker-node', browser: 'wasm-worker' }
  await build({
    ...shared,
    entryPoints: { index: 'src/index.ts', [workers[platform]]: `src/engine/${workers[platform]}.js` },
    outdir: join(outdir, 'package/lib', platform),
    platform: platform === 'node' ? 'node' : 'neutral',
  })
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
  const { name, version, type, engines } = JSON.parse(read('package.json'))
  const exports = { '.': { node: './lib/node/index.js', default: './lib/browser/index.js' } }
  const manifest = { name, version, type, engines, sideEffects: false, exports }
  writeFileSync(join(outdir, 'package/package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function read(path) {
  return readFileSync(join(folder, path), 'utf8')
}
