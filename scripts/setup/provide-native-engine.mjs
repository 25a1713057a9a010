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

/** The paths where tfjs-node looks for its binding, and the native engine for the ops of `native/`. */
const bindingLink = `${bridgePackage}/lib/napi-v8/tfjs_binding.node`
const opsLink = `${bridgePackage}/lib/napi-v8/thresher_ops.node`
const verdictFile = `${bridgePackage}/lib/napi-v8/verdict.json`

/**
 * Makes tfjs-node's binding loadable: the existing one if it works, otherwise one compiled against the first libtensorflow that
 * works. Rejects only if ENGINE=native: without the native engine, training uses wasm.
 */
export async function provideNativeEngine(env) {
  if (env.ENGINE === 'wasm') return 'Engine: wasm, as ENGINE requests.'
  try {
    const engine = (await readVerdict(env)) ?? (await findWorkingEngine(env))
    return `Engine: ${engine.version} on ${engine.device}.`
  } catch (error) {
    const sentence = `the native engine is not available: ${error.message}.`
    if (env.ENGINE === 'native') throw Object.assign(new Error(sentence), { output: error.output })
    say(`Training will use the slower wasm engine: ${sentence} Run \`npm run setup\` to try again.`)
    return 'Engine: wasm.'
  }
}

/** The engine that the environment requests; undefined accepts any that works. */
function requestOf(env) {
  return env.THRESHER_LIBTENSORFLOW || env.THRESHER_DEVICE || undefined
}

/** The outcome of the last trial, if it was for the same binding, ops, Node version and request. */
async function readVerdict(env) {
  try {
    const verdict = JSON.parse(await readFile(verdictFile, 'utf8'))
    const { binding, ops, node } = verdict
    const same =
      binding === (await realpath(bindingLink)) && ops === (await nameOps()) && node === process.version
    return same && (requestOf(env) ?? verdict.request) === verdict.request ? verdict.engine : undefined
  } catch {
    return undefined
  }
}

/** Identifies the installed ops, if any, and their sources. */
async function nameOps() {
  return `${await realpath(opsLink).catch(() => 'none')} ${await digestOfOps()}`
}

async function tryAndRemember(env) {
  const engine = await showProgress('Trying the native engine', tryNativeEngine())
  const verdict = {
    binding: await realpath(bindingLink),
    ops: await nameOps(),
    node: process.version,
    request: requestOf(env),
    engine,
  }
  await writeFile(verdictFile, JSON.stringify(verdict))
  return engine
}

async function findWorkingEngine(env) {
  if (requestOf(env) === undefined && (await isInstalled())) {
    const engine = await tryAndRemember(env).catch(() => undefined)
    if (engine) return engine
  }
  const sources = listTensorflowSources(env)
  const folder = join(cacheDirectory(env), 'bindings')
  // Without a compiler for the bridge, a download of hundreds of megabytes would be useless.
  if (!(await isBindingCompiled(folder))) await requireCompiler(env)
  for (const { name, provide } of sources) {
    try {
      const options = { ...(await provide()), folder, env }
      await link(bindingLink, await compileBinding(options))
      await provideOps(options)
      return await tryAndRemember(env)
    } catch (error) {
      say(`${name} does not work on this machine: ${error.message}.`)
    }
  }
  throw new Error(`${sources.map(({ name }) => name).join(', ')} failed, see above`)
}

/** Training works without these ops, but is slower: another release of TensorFlow may have other headers. */
async function provideOps(options) {
  try {
    await link(opsLink, await compileOps(options))
  } catch (error) {
    await rm(opsLink, { force: true })
    say(`Training will use TensorFlow's own, slower ops: ${error.message}.`)
  }
}

/** Whether the binding is a file from tfjs-node's own installer and not a link from setup. The ops of `native/` are missing then. */
async function isInstalled() {
  const file = await lstat(bindingLink).catch(() => undefined)
  return file !== undefined && !file.isSymbolicLink()
}

/** Replaces a link atomically, since another process may be about to load its target. */
async function link(path, target) {
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  await symlink(target, partial)
  await rename(partial, path)
}
