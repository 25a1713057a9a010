import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { requireCompiler } from './compile-modules.mjs'
import { makeOnce } from './make-once.mjs'
import { say, showProgress } from './progress.mjs'
import { projectDirectory } from './project-directory.mjs'

/** Where the kernels are, with the script that compiles them, and where the runtime looks for the native module. */
const checkout = { kernels: 'runtime', output: 'runtime/build' }
/** The package of the service has the built runtime only. */
const installed = { kernels: 'dist/runtime/dist/native', output: 'dist/runtime/dist/package/build' }

/** Compiles the native module of the runtime. Without a compiler, the runtime uses its WebAssembly modules, which are part of it. */
export async function provideRuntime(env) {
  const { kernels, output } = existsSync(join(projectDirectory, checkout.kernels)) ? checkout : installed
  const make = async () => {
    const { compileNative } = await import(join(projectDirectory, kernels, 'scripts/compile-native.mjs'))
    const compiling = requireCompiler(env).then(compiler =>
      compileNative(compiler, join(projectDirectory, output)),
    )
    await showProgress('Compiling the kernels of the runtime', compiling)
  }
  try {
    const sources = [`${kernels}/kernels`, `${kernels}/scripts`]
    await makeOnce('runtime-kernels', { sources, output: `${output}/native.node`, make })
    return 'Runtime: native.'
  } catch (error) {
    say(`The runtime will use WebAssembly: ${error.message}. Run \`npm run setup\` to try again.`)
    return 'Runtime: WebAssembly.'
  }
}
