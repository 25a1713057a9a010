import { compileNative } from '../../runtime/scripts/compile-native.mjs'
import { requireCompiler } from './compile-modules.mjs'
import { makeOnce } from './make-once.mjs'
import { say, showProgress } from './progress.mjs'

/** Compiles the native module of the runtime. Without a compiler, the runtime uses its WebAssembly modules, which are part of it. */
export async function provideRuntime(env) {
  const make = () => {
    const compiling = requireCompiler(env).then(compileNative)
    return showProgress('Compiling the kernels of the runtime', compiling)
  }
  try {
    const sources = ['runtime/kernels', 'runtime/scripts']
    await makeOnce('runtime-kernels', { sources, output: 'runtime/build/native.node', make })
    return 'Runtime: native.'
  } catch (error) {
    say(`The runtime will use WebAssembly: ${error.message}. Run \`npm run setup\` to try again.`)
    return 'Runtime: WebAssembly.'
  }
}
