import { lstat, mkdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheDirectory } from './cache-directory.mjs'
import {
  bridgePackage,
  compileBinding,
  compileOps,
  digestOfOps,
  isBindingCompiled,
  requireCompiler,
} from './compile-modules.mjs'
import { listTensorflowSources } from './list-tensorflow-sources.mjs'
import { say, showProgress } from './progress.mjs'
import { tryNativeEngine } from './try-native-engine.mjs'

/** Where tfjs-node looks for its binding, and the native engine for the ops of `native/`. */
const bindingLink = `${bridgePackage}/lib/napi-v8/tfjs_binding.node`
const opsLink = `${bridgePackage}/lib/napi-v8/thresher_ops.node`
const verdictFile = `${bridgePackage}/lib/napi-v8/verdict.json`

/**
 * Makes tfjs-node's binding loadable: the one that is there if it works, else one compiled against the first
 * libtensorflow that does. Rejects only if ENGINE=native: without the native engine, training goes on under wasm.
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

/** The outcome of the last trial, as long as it was about this binding, these ops, this Node and this wish. */
async function readVerdict(env) {
  try {
    const verdict = JSON.parse(await readFile(verdictFile, 'utf8'))
    const { binding, ops, node } = verdict
    const same =
      binding === (await realpath(bindingLink)) && ops === (await nameOps()) && node === process.version
    return same && (wishOf(env) ?? verdict.wish) === verdict.wish ? verdict.engine : undefined
  } catch {
    return undefined
  }
}

/** Which ops are there, if any, and of which sources. */
async function nameOps() {
  return `${await realpath(opsLink).catch(() => 'none')} ${await digestOfOps()}`
}

async function tryAndRemember(env) {
  const engine = await showProgress('Trying the native engine', tryNativeEngine())
  const verdict = {
    binding: await realpath(bindingLink),
    ops: await nameOps(),
    node: process.version,
    wish: wishOf(env),
    engine,
  }
  await writeFile(verdictFile, JSON.stringify(verdict))
  return engine
}

async function findWorkingEngine(env) {
  if (wishOf(env) === undefined && (await isInstalled())) {
    const engine = await tryAndRemember(env).catch(() => undefined)
    if (engine) return engine
  }
  const sources = listTensorflowSources(env)
  const folder = join(cacheDirectory(env), 'bindings')
  // A download of hundreds of megabytes is useless when nothing can compile the bridge to it.
  if (!(await isBindingCompiled(folder))) await requireCompiler(env)
  for (const { name, provide } of sources) {
    try {
      const options = { ...(await provide()), folder, env }
      await link(bindingLink, await compileBinding(options))
      await provideOps(options)
      return await tryAndRemember(env)
    } catch (error) {
      say(`${name} does not work here: ${error.message}.`)
    }
  }
  throw new Error(`${sources.map(({ name }) => name).join(', ')} failed as said above`)
}

/** Without them a step is slower: another release of TensorFlow may have other headers. */
async function provideOps(options) {
  try {
    await link(opsLink, await compileOps(options))
  } catch (error) {
    await rm(opsLink, { force: true })
    say(`Steps will take TensorFlow's own, slower ops: ${error.message}.`)
  }
}

/** Whether tfjs-node's own installer has left a binding, where setup leaves links. There are no ops of `native/` then. */
async function isInstalled() {
  const file = await lstat(bindingLink).catch(() => undefined)
  return file !== undefined && !file.isSymbolicLink()
}

/** Replaces a link in one move, since another process may be about to load what it points to. */
async function link(path, target) {
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  await symlink(target, partial)
  await rename(partial, path)
}
