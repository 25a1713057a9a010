// Compiles the WebAssembly modules, which are committed:
//   python3 -m venv /tmp/zig && /tmp/zig/bin/pip install ziglang==0.17.1
//   PYTHON=/tmp/zig/bin/python node runtime/scripts/build-wasm.mjs
// With --check it fails if those in runtime/wasm do not belong to the present sources, by the recorded digest of the sources; and where the
// compiler is installed, by compiling them again.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { digestOfKernels, kernelDirectory, runtimeDirectory } from './kernel-sources.mjs'

const run = promisify(execFile)
const python = process.env.PYTHON || 'python3'

/** The version of the package ziglang of PyPI, which is the compiler. Another version makes other bytes. */
const COMPILER = '0.17.1'

const FLAGS = [
  ...['-target', 'wasm32-freestanding', '-std=c++20', '-O3', '-ffp-contract=fast', '-fno-math-errno'],
  ...['-fno-exceptions', '-fno-rtti', '-fno-builtin', '-nostdlib'],
  '-Wl,--no-entry,--import-memory,--strip-all,--export=__stack_pointer,-z,stack-size=65536',
  '-Wl,--shared-memory,--max-memory=4294901760',
]
const CPU = '-mcpu=generic+simd128+bulk_memory+atomics'

const MODULES = {
  'simd.wasm': [CPU],
  'relaxed.wasm': [`${CPU}+relaxed_simd`],
}

const committed = join(runtimeDirectory, 'wasm')
const stamp = join(committed, 'sources.sha256')
/** By which the program knows a native module of the same sources. */
const sourcesModule = join(runtimeDirectory, 'src/engine/kernel-sources.ts')
const digest = await digestOfKernels([COMPILER, FLAGS, MODULES])

try {
  if (process.argv.includes('--check')) await check()
  else {
    await requireCompiler()
    await compile(committed)
    await writeFile(stamp, `${digest}\n`)
    await writeFile(sourcesModule, await textOfSources())
  }
} catch (error) {
  console.error(error.stderr || error.message)
  process.exitCode = 1
}

async function check() {
  const recorded = (await readFile(stamp, 'utf8')).trim()
  if (recorded !== digest || (await readFile(sourcesModule, 'utf8')) !== (await textOfSources()))
    throw new Error(
      'The sources have changed since the modules were compiled: run runtime/scripts/build-wasm.mjs.',
    )
  if ((await compilerVersion()) !== COMPILER)
    return console.log('The modules belong to the sources, as recorded.')
  const folder = await mkdtemp(join(tmpdir(), 'runtime-wasm-'))
  try {
    await compile(folder)
    for (const name of Object.keys(MODULES)) {
      const [before, now] = await Promise.all([committed, folder].map(path => readFile(join(path, name))))
      if (!before.equals(now)) throw new Error(`${name} is not what the sources compile to.`)
    }
    console.log('The modules are what the sources compile to.')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function textOfSources() {
  const comment = '/** The digest of the sources in `kernels/`; `scripts/build-wasm.mjs` writes it. */'
  return `${comment}\nexport const KERNEL_SOURCES = '${await digestOfKernels()}'\n`
}

async function compile(folder) {
  await mkdir(folder, { recursive: true })
  const compilations = Object.entries(MODULES).map(([name, flags]) =>
    run(python, ['-m', 'ziglang', 'c++', ...FLAGS, ...flags, 'wasm.cc', '-o', join(folder, name)], {
      cwd: kernelDirectory,
    }),
  )
  await Promise.all(compilations)
}

async function requireCompiler() {
  const version = await compilerVersion()
  if (version !== COMPILER)
    throw new Error(
      `Install ziglang==${COMPILER} for ${python} (see runtime/scripts/build-wasm.mjs); found: ${version}.`,
    )
}

async function compilerVersion() {
  const { stdout } = await run(python, ['-m', 'ziglang', 'version']).catch(() => ({ stdout: 'none' }))
  return stdout.trim()
}
