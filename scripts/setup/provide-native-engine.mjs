import { existsSync } from 'node:fs'
import { mkdir, readFile, realpath, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheDirectory } from './cache-directory.mjs'
import { bridgePackage, compileBinding, requireCompiler } from './compile-binding.mjs'
import { fetchWheels } from './fetch-wheels.mjs'
import { say, showProgress } from './progress.mjs'
import { runCommand } from './run-command.mjs'
import { tryNativeEngine } from './try-native-engine.mjs'
import { cudaWheels, tensorflowWheels } from './wheels.mjs'

/** Where tfjs-node looks for its binding. */
const bindingLink = `${bridgePackage}/lib/napi-v8/tfjs_binding.node`
const verdictFile = `${bridgePackage}/lib/napi-v8/verdict.json`

const headerFolders = ['tensorflow/c/', 'tensorflow/core/platform/', 'tensorflow/tsl/', 'tsl/', 'xla/tsl/']
const prefixes = [
  'nvidia/',
  'tensorflow/libtensorflow_',
  ...headerFolders.map(path => `tensorflow/include/${path}`),
]

/**
 * Makes tfjs-node's binding loadable, from libtensorflow as the environment asks: THRESHER_LIBTENSORFLOW names a folder
 * with lib and include, THRESHER_DEVICE=cuda the GPU's wheel; else what already works, else the CPU's wheel.
 * Rejects only if ENGINE=native: without the native engine, training goes on under wasm.
 */
export async function provideNativeEngine(env) {
  if (env.ENGINE === 'wasm') return 'Engine: wasm, as ENGINE says.'
  try {
    const engine = (await readVerdict(env)) ?? (await findWorkingEngine(env))
    return `Engine: ${engine.version} on ${engine.device}.`
  } catch (error) {
    const sentence = `the native engine is not to be had, since ${error.message}.`
    if (env.ENGINE === 'native') throw Object.assign(new Error(sentence), { output: error.output })
    say(`Training will run on the slower wasm engine: ${sentence} To try again: \`npm run setup\`.`)
    return 'Engine: wasm.'
  }
}

/** What the environment asks for; undefined is content with whatever works. */
function wishOf(env) {
  return env.THRESHER_LIBTENSORFLOW || env.THRESHER_DEVICE || undefined
}

/** The outcome of the last trial, as long as it was about this binding, this Node and this wish. */
async function readVerdict(env) {
  try {
    const verdict = JSON.parse(await readFile(verdictFile, 'utf8'))
    const same = verdict.binding === (await realpath(bindingLink)) && verdict.node === process.version
    return same && (wishOf(env) ?? verdict.wish) === verdict.wish ? verdict.engine : undefined
  } catch {
    return undefined
  }
}

async function tryAndRemember(env) {
  const engine = await showProgress('Trying the native engine', tryNativeEngine())
  const verdict = { binding: await realpath(bindingLink), node: process.version, wish: wishOf(env), engine }
  await writeFile(verdictFile, JSON.stringify(verdict))
  return engine
}

async function findWorkingEngine(env) {
  if (wishOf(env) === undefined && existsSync(bindingLink)) {
    const engine = await tryAndRemember(env).catch(() => undefined)
    if (engine) return engine
  }
  const sources = listSources(env)
  const compiler = await requireCompiler(env)
  for (const { name, provide } of sources) {
    try {
      const libraries = await provide()
      const folder = join(cacheDirectory(env), 'bindings')
      await linkBinding(await compileBinding({ compiler, folder, ...libraries }))
      return await tryAndRemember(env)
    } catch (error) {
      say(`${name} does not work here: ${error.message}.`)
    }
  }
  throw new Error(`${sources.map(({ name }) => name).join(', ')} failed as said above`)
}

/** Where libtensorflow may come from, best first. */
function listSources(env) {
  if (env.THRESHER_LIBTENSORFLOW) {
    const folder = env.THRESHER_LIBTENSORFLOW
    const provide = () => ({ lib: join(folder, 'lib'), include: join(folder, 'include') })
    return [{ name: `THRESHER_LIBTENSORFLOW=${folder}`, provide }]
  }
  const kind = `${process.platform} ${process.arch} ${env.THRESHER_DEVICE || 'cpu'}`
  if (!tensorflowWheels[kind]) throw new Error(`no TensorFlow build is known for ${kind}`)
  return tensorflowWheels[kind].map(wheel => ({
    name: `TensorFlow ${/==(\S+)/.exec(wheel)[1]}`,
    provide: () => unpackTensorflow(env, kind, wheel),
  }))
}

/** The folders keep the places they have in Python: by those, TensorFlow finds the CUDA libraries beside it. */
async function unpackTensorflow(env, kind, wheel) {
  const [name, version] = wheel.split(/==| /)
  const into = join(cacheDirectory(env), `${name}-${version}-${process.arch}`)
  const cuda = kind.endsWith('cuda') && !(await hasCuda()) ? cudaWheels : []
  if (!existsSync(into)) {
    const size = kind.endsWith('cuda') ? '2.4 GB with CUDA' : '270 MB'
    await fetchWheels(`Fetching TensorFlow ${version} (about ${size})`, [wheel, ...cuda], { into, prefixes })
  }
  return { lib: join(into, 'tensorflow'), include: join(into, 'tensorflow/include') }
}

/** Whether the system's own CUDA is of the version that TensorFlow 2.18 and later load. */
async function hasCuda() {
  const libraries = await runCommand('ldconfig', ['-p']).catch(() => '')
  return ['libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9'].every(name => libraries.includes(name))
}

/** Replaces the link in one move, since another process may be about to load it. */
async function linkBinding(binding) {
  await mkdir(dirname(bindingLink), { recursive: true })
  const partial = `${bindingLink}.${process.pid}`
  await symlink(binding, partial)
  await rename(partial, bindingLink)
}
