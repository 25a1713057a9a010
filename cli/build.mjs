// Bundles the command line into dist/, or into the folder that the first argument names: the program, one chunk for each command, and the
// packages that they use, so that the installed command line has no dependencies.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const folder = import.meta.dirname
const outdir = resolve(process.argv[2] ?? join(folder, 'dist'))
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
rmSync(outdir, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: folder,
  entryPoints: ['src/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Packages in CommonJS call `require` for modules of Node.
  banner: {
    js: "import { createRequire as createRequire_ } from 'node:module'\nconst require = createRequire_(import.meta.url)",
  },
  define: { THRESHER_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
})
writeFileSync(join(outdir, 'LICENSES.txt'), licenses(Object.keys(metafile.inputs)))

/** The licenses of the bundled packages, which require that copies contain them. */
function licenses(inputs) {
  const packages = new Set(
    inputs.map(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean),
  )
  return [...packages]
    .sort()
    .map(path => readLicense(resolve(folder, path)))
    .join('\n\n')
}

function readLicense(path) {
  const file = readdirSync(path).find(name => /^licen[cs]e/i.test(name))
  if (!file) throw new Error(`${path} has no license file.`)
  const { name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return `${name} ${version}\n\n${readFileSync(join(path, file), 'utf8')}`
}
