import { cpSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { kernelDirectory, runtimeDirectory } from './kernel-sources.mjs'

const SCRIPTS = ['build-native.mjs', 'compile-native.mjs', 'kernel-sources.mjs']
const README = `# @thresher/runtime-native

The kernels of @thresher/runtime for the processor of this machine: AVX-512, AVX2, SSE2 or NEON. Installing it compiles them, which takes a C++
compiler (GCC 12, Clang 15 or newer; CXX names another one than c++). @thresher/runtime of the same version then computes with them.

\`include/\` contains the headers of Node-API (node-api-headers); their license is in LICENSES.txt.
`

/**
 * Writes the package that compiles the native module when it is installed.
 * @param {string} folder
 */
export function buildNativePackage(folder) {
  const headers = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'))
  cpSync(kernelDirectory, join(folder, 'kernels'), { recursive: true })
  cpSync(join(headers, 'include'), join(folder, 'include'), { recursive: true })
  cpSync(join(headers, 'LICENSE'), join(folder, 'LICENSES.txt'))
  for (const name of SCRIPTS) cpSync(join(runtimeDirectory, 'scripts', name), join(folder, 'scripts', name))
  writeFileSync(join(folder, 'README.md'), README)
  const { version, engines } = createRequire(import.meta.url)('../package.json')
  const manifest = {
    name: '@thresher/runtime-native',
    version,
    description: 'Compiles the kernels of @thresher/runtime for this machine',
    type: 'module',
    engines,
    main: 'build/native.node',
    scripts: { install: 'node scripts/build-native.mjs' },
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
