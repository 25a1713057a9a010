// Installs what Thresher needs and the machine does not have: packages, a Redis server, native TensorFlow; and builds the dashboard, the
// command line, the service and the kernels of the runtime.
// JavaScript without dependencies, since it runs before any are installed. May be repeated.
//
//   node scripts/setup.mjs [--quiet] [packages] [runtime] [build] [redis] [engine]      all unless some are named
//   node scripts/setup.mjs browser                                            for tests of the dashboard
import { buildPrograms } from './setup/build-programs.mjs'
import { installPackages } from './setup/install-packages.mjs'
import { say } from './setup/progress.mjs'
import { provideBrowser } from './setup/provide-browser.mjs'
import { provideNativeEngine } from './setup/provide-native-engine.mjs'
import { provideRedis } from './setup/provide-redis.mjs'
import { provideRuntime } from './setup/provide-runtime.mjs'

const steps = {
  packages: installPackages,
  runtime: provideRuntime,
  build: buildPrograms,
  redis: provideRedis,
  engine: provideNativeEngine,
}
const all = { ...steps, browser: provideBrowser }

const quiet = process.argv.includes('--quiet')
const named = process.argv.slice(2).filter(argument => argument !== '--quiet')

try {
  requireNode(20, 19)
  for (const name of named.length > 0 ? named : Object.keys(steps)) {
    const step = all[name]
    if (!step) throw new Error(`There is no step '${name}'; the steps are ${Object.keys(all).join(', ')}.`)
    const sentence = await step(process.env)
    if (!quiet) say(sentence)
  }
} catch (error) {
  if (error.output) say(error.output)
  say(`Setup failed: ${error.message}`)
  process.exitCode = 1
}

function requireNode(major, minor) {
  const [actualMajor, actualMinor] = process.versions.node.split('.').map(Number)
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return
  throw new Error(
    `This is Node ${process.versions.node}. Install Node ${major}.${minor} or newer, then try again.`,
  )
}
