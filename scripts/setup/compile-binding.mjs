import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, realpath, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { installSystemPackages } from './install-system-packages.mjs'
import { showProgress } from './progress.mjs'
import { projectDirectory } from './project-directory.mjs'
import { runCommand, works } from './run-command.mjs'

/** The package whose C++ sources are the bridge between Node and TensorFlow's C API. */
export const bridgePackage = `${projectDirectory}/node_modules/@tensorflow/tfjs-node-gpu`

/**
 * Compiles the bridge against the headers in `include` and the libraries in `lib`, once for each such pair.
 * Node's own API is stable, so one binding serves every Node. Resolves with its path in `folder`.
 */
export async function compileBinding({ compiler, include, lib, folder }) {
  const { version } = JSON.parse(await readFile(`${bridgePackage}/package.json`, 'utf8'))
  const key = createHash('sha256')
    .update(`${version} ${await realpath(lib)}`)
    .digest('hex')
    .slice(0, 12)
  const binding = join(folder, `tfjs_binding-${version}-${key}.node`)
  if (existsSync(binding)) return binding
  await mkdir(folder, { recursive: true })
  const partial = `${binding}.${process.pid}`
  const tensorflow = existsSync(join(lib, 'libtensorflow_cc.so.2'))
    ? 'libtensorflow_cc.so.2'
    : 'libtensorflow.so.2'
  const compilation = runCommand(
    compiler,
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
      ...[`-I${projectDirectory}/node_modules/node-api-headers/include`, `-I${include}`],
      ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', '-o', partial],
      ...[`-L${lib}`, `-l:${tensorflow}`, '-l:libtensorflow_framework.so.2', `-Wl,-rpath,${lib}`],
    ],
    { cwd: bridgePackage },
  )
  await showProgress('Compiling the bridge between Node and TensorFlow', compilation)
  await rename(partial, binding)
  return binding
}

/** The C++ compiler of this machine. */
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
