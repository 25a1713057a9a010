import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeOnce } from './make-once.mjs'
import { showProgress } from './progress.mjs'
import { projectDirectory } from './project-directory.mjs'
import { runCommand } from './run-command.mjs'

const folders = ['src', 'workers']
const dashboard = 'web/dist'
/** The built runtime, and its native module, which the runtime finds beside its code. */
const runtime = { built: 'runtime/dist', native: 'runtime/build', nativeIn: 'runtime/dist/package/build' }
const options = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']

/** The folder of the compiled service. Everything that starts the service runs the programs in it. */
export const compiledService = join(projectDirectory, 'dist')

/**
 * Writes the JavaScript of src, workers and `npm start`, and the dashboard if that is built, to dist/, unless they are unchanged. A process
 * that loads it starts in half the processor time of one that loads TypeScript. Packages still come from node_modules. Types are checked
 * by `npm run check`, not here. Resolves with whether there was anything to do; the package of the service contains its dist/ only.
 */
export async function compileService() {
  if (!existsSync(join(projectDirectory, 'src'))) return false
  const sources = [
    ...folders,
    'scripts/start',
    'scripts/start.ts',
    `${dashboard}/index.html`,
    runtime.built,
    runtime.native,
    ...options,
  ]
  return await makeOnce('service', { sources, output: 'dist', make: compile })
}

async function compile() {
  // Beside dist/, so that the paths in source maps are right, and dist/ is never half written.
  const partial = mkdtempSync(`${compiledService}-`)
  try {
    const tsc = join(projectDirectory, 'node_modules/.bin/tsc')
    const arguments_ = ['--project', 'tsconfig.build.json', '--noCheck', '--outDir', partial]
    await showProgress('Compiling the service', runCommand(tsc, arguments_, { cwd: projectDirectory }))
    copyAssets(partial)
    writeManifest(partial)
    replace(compiledService, partial)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** Files that are not TypeScript are read at run time, beside the code. */
function copyAssets(output) {
  const isAsset = path => statSync(path).isDirectory() || !path.endsWith('.ts')
  for (const folder of folders)
    cpSync(join(projectDirectory, folder), join(output, folder), { recursive: true, filter: isAsset })
  copyIfBuilt(dashboard, join(output, dashboard))
  // The service uses the runtime as it is published. The compiler has also compiled its sources, which the service imports.
  rmSync(join(output, 'runtime'), { recursive: true, force: true })
  copyIfBuilt(runtime.built, join(output, runtime.built))
  copyIfBuilt(runtime.native, join(output, runtime.nativeIn))
}

function copyIfBuilt(folder, target) {
  const built = join(projectDirectory, folder)
  if (existsSync(built)) cpSync(built, target, { recursive: true })
}

/** Node resolves #domain/job.ts with the nearest package.json, which maps it to the compiled files here. */
function writeManifest(output) {
  const { name, version, type, imports } = JSON.parse(
    readFileSync(join(projectDirectory, 'package.json'), 'utf8'),
  )
  const compiled = Object.entries(imports)
    .filter(([, target]) => folders.includes(target.split('/')[1]))
    .map(([key, target]) => [key, target.replace(/\.ts$/, '.js')])
  const published = { '#runtime': './runtime/dist/package/lib/node/index.js' }
  const manifest = {
    name,
    version,
    private: true,
    type,
    imports: { ...Object.fromEntries(compiled), ...published },
  }
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Running services load modules from the folder at any time, so that it must not be missing while the old files are deleted. */
function replace(folder, partial) {
  const old = `${partial}-old`
  try {
    if (existsSync(folder)) renameSync(folder, old)
    renameSync(partial, folder)
  } catch (error) {
    // A concurrent setup has put the same files there.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error
  } finally {
    rmSync(old, { recursive: true, force: true })
  }
}
