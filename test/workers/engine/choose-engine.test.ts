import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A preload that makes tfjs-node fail to load; the child processes that try engines inherit it. */
const WITHOUT_NATIVE = dataUrl(`
  import Module from 'node:module'
  const resolve = Module._resolveFilename
  Module._resolveFilename = (name, ...rest) => {
    if (name === '@tensorflow/tfjs-node-gpu') throw new Error('libtensorflow is missing.')
    return resolve(name, ...rest)
  }`)

describe('choosing an engine', () => {
  it('falls back to wasm with a notice that says why', async () => {
    const { engine, notice } = await choose('auto', WITHOUT_NATIVE)
    assert.equal(engine.name, 'wasm')
    assert.equal(engine.device, 'cpu')
    assert.match(notice, /wasm.*libtensorflow is missing\. Run `npm run setup`\.$/)
  })

  it('rejects with the reason and the remedy when the requested engine does not work', async () => {
    await assert.rejects(choose('native', WITHOUT_NATIVE), /libtensorflow is missing\. Run `npm run setup`\./)
  })

  it('says what is missing when there is no device for webgpu', {
    skip: process.platform !== 'linux',
  }, async () => {
    const nowhere = dataUrl("process.env.VK_DRIVER_FILES = '/nowhere.json'")
    await assert.rejects(
      choose('webgpu', nowhere),
      /webgpu engine does not work here: there is no Vulkan device/,
    )
  })

  it('opens wasm without trying the native engine when wasm is requested', async () => {
    const { engine, notice } = await choose('wasm')
    assert.equal(engine.name, 'wasm')
    assert.equal(notice, undefined)
  })
})

async function choose(preference: string, preload?: string) {
  const imports = ['tsx', ...(preload ? [preload] : [])].map(module => `--import=${module}`)
  const script = fileURLToPath(import.meta.resolve('./print-choice.ts'))
  const { stdout } = await run(process.execPath, [...imports, script, preference])
  return JSON.parse(stdout)
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}
