import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, realpath, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { installSystemPackages } from './install-system-packages.mjs'
import { packageDirectory } from './package-directory.mjs'
import { showProgress } from './progress.mjs'
import { projectDirectory } from './project-directory.mjs'
import { runCommand, works } from './run-command.mjs'

/** The package with the C++ sources of the bridge between Node and TensorFlow's C API. */
export const bridgePackage = packageDirectory('@tensorflow/tfjs-node-gpu')

const bindingName = 'tfjs_binding'

/** Whether `folder` already contains a bridge to any libtensorflow. */
export async function isBindingCompiled(folder) {
  const modules = await readdir(folder).catch(() => [])
  return modules.some(name => name.startsWith(bindingName) && name.endsWith('.node'))
}

/** Compiles the bridge. @param options as for `compile` */
export async function compileBinding(options) {
  const { version } = JSON.parse(await readFile(`${bridgePackage}/package.json`, 'utf8'))
  return await compile({
    ...options,
    name: `${bindingName}-${version}`,
    label: 'Compiling the bridge between Node and TensorFlow',
    sources: ['tfjs_backend.cc', 'tfjs_binding.cc'].map(name => `${bridgePackage}/binding/${name}`),
    flags: ['-O2'],
    content: version,
  })
}

/** Compiles Thresher's own ops, a second native module. @param options as for `compile` */
export async function compileOps(options) {
  const sources = await opsSources()
  return await compile({
    ...options,
    name: 'thresher_ops',
    label: "Compiling Thresher's own ops",
    sources: sources.filter(path => path.endsWith('.cc')),
    // A product and a sum must not be fused into one rounding: the results must be bit-identical to those of TensorFlow's kernels.
    flags: ['-O3', '-ffp-contract=off', '-fno-trapping-math', '-fopenmp-simd', '-DIS_SLIM_BUILD'],
    content: await digestOfOps(),
  })
}

/** A digest of the sources of the ops. */
export async function digestOfOps() {
  const texts = await Promise.all((await opsSources()).map(path => readFile(path, 'utf8')))
  return createHash('sha256').update(texts.join('')).digest('hex')
}

async function opsSources() {
  const folder = `${projectDirectory}/native`
  return (await readdir(folder)).sort().map(name => join(folder, name))
}

/**
 * Compiles a native module against the headers in `include` and the libraries in `lib`, once for each `content` and `lib`. Node-API is
 * stable, so the module works with every version of Node. Resolves with its path in `folder`.
 */
async function compile({ include, lib, folder, env, name, label, sources, flags, content }) {
  const key = createHash('sha256')
    .update(`${content} ${await realpath(lib)}`)
    .digest('hex')
    .slice(0, 12)
  const module = join(folder, `${name}-${key}.node`)
  if (existsSync(module)) return module
  const compiler = await requireCompiler(env)
  await mkdir(folder, { recursive: true })
  const partial = `${module}.${process.pid}`
  const tensorflow = existsSync(join(lib, 'libtensorflow_cc.so.2'))
    ? 'libtensorflow_cc.so.2'
    : 'libtensorflow.so.2'
  const compilation = runCommand(compiler, [
    ...['-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8', ...flags],
    ...[`-I${packageDirectory('node-api-headers')}/include`, `-I${include}`],
    ...[...sources, '-o', partial],
    ...[`-L${lib}`, `-l:${tensorflow}`, '-l:libtensorflow_framework.so.2', `-Wl,-rpath,${lib}`],
  ])
  await showProgress(label, compilation)
  await rename(partial, module)
  return module
}

/** The C++ compiler of this machine, installed with apt-get if that is possible. Rejects if there is none. */
export async function requireCompiler(env) {
  const find = async () => {
    for (const compiler of [env.CXX, 'g++', 'c++', 'clang++']) {
      if (compiler && (await works(compiler, ['--version']))) return compiler
    }
  }
  const compiler = (await find()) ?? ((await installSystemPackages(['g++'])) ? await find() : undefined)
  if (compiler) return compiler
  throw new Error('a C++ compiler is missing: run `sudo apt-get install g++`')
}
