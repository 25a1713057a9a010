import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { digestOfKernels, kernelDirectory, runtimeDirectory } from './kernel-sources.mjs'

const run = promisify(execFile)

/** The kernels are compiled once for each: the module takes the first one that the processor has. */
const INSTRUCTION_SETS = {
  x64: {
    avx512: ['-mavx512f', '-mavx512dq', '-mavx512bw', '-mavx512vl', '-mfma', '-mprefer-vector-width=512'],
    avx2: ['-mavx2', '-mfma'],
    sse2: [],
  },
  arm64: { neon: [] },
}

const FLAGS = ['-std=c++20', '-O3', '-fPIC', '-pthread']
const KERNEL_FLAGS = [
  '-ffp-contract=fast',
  '-fno-trapping-math',
  '-fno-math-errno',
  '-fno-exceptions',
  '-fno-rtti',
  '-Wno-psabi',
]

/**
 * Compiles the native module of the runtime for this machine, unless it is there and its sources are unchanged. Resolves with whether it
 * was compiled.
 *
 * @param compiler a C++ compiler: GCC 12, Clang 15 or newer
 * @param build the folder of `native.node`
 * @throws Error if there is no compiler, or it reports an error
 */
export async function compileNative(compiler, build = join(runtimeDirectory, 'build')) {
  const [output, stamp] = ['native.node', 'native.sha256'].map(name => join(build, name))
  const sets = INSTRUCTION_SETS[process.arch]
  if (!sets) throw new Error(`The native module is for x64 and arm64; this is ${process.arch}.`)
  const digest = await digestOfKernels([compiler, FLAGS, KERNEL_FLAGS, sets])
  const last = await readFile(stamp, 'utf8').catch(() => undefined)
  if (last === digest && existsSync(output)) return false
  await mkdir(build, { recursive: true })
  const folder = await mkdtemp(`${output}-`)
  try {
    await compileInto(folder, compiler, sets)
    await rename(join(folder, 'native.node'), output)
    await writeFile(join(folder, 'native.sha256'), digest)
    await rename(join(folder, 'native.sha256'), stamp)
    return true
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compileInto(folder, compiler, sets) {
  const objects = Object.entries(sets).map(async ([name, flags]) => {
    const object = join(folder, `${name}.o`)
    const source = join(kernelDirectory, 'native-kernels.cc')
    await run(compiler, [
      ...FLAGS,
      ...KERNEL_FLAGS,
      ...flags,
      `-DKERNELS=${name}`,
      '-c',
      source,
      '-o',
      object,
    ])
    return object
  })
  const undefinedSymbols = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []
  const include = ['-DNAPI_VERSION=8', `-DSOURCES="${await digestOfKernels()}"`, `-I${nodeHeaders()}`]
  const sources = [join(kernelDirectory, 'native.cc'), ...(await Promise.all(objects))]
  const command = [...FLAGS, '-shared', ...undefinedSymbols, ...include, ...sources]
  await run(compiler, [...command, '-o', join(folder, 'native.node')])
}

/** The folder with node_api.h: of this package, or of the package node-api-headers if it is installed, else of Node itself. */
function nodeHeaders() {
  const require = createRequire(import.meta.url)
  const folders = [join(dirname(process.execPath), '../include/node')]
  try {
    folders.unshift(join(dirname(require.resolve('node-api-headers/package.json')), 'include'))
  } catch {
    // The headers of Node serve as well.
  }
  folders.unshift(join(runtimeDirectory, 'include'))
  const found = folders.find(folder => existsSync(join(folder, 'node_api.h')))
  if (found) return found
  throw new Error('node_api.h is missing: run `npm install --no-save node-api-headers`.')
}
