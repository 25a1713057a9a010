import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Job } from '@thresher/client'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, assertKeyboardReaches } from '../support/browser/check-page.ts'
import { ModelPages, shownOutputs, verdict } from '../support/browser/model-pages.ts'

type Stroke = readonly (readonly [number, number])[]

/** Shares of the pad. */
const SEVEN: Stroke[] = [
  [
    [0.28, 0.25],
    [0.72, 0.25],
    [0.45, 0.8],
  ],
]
const ZERO: Stroke[] = [
  Array.from({ length: 33 }, (_, step) => {
    const angle = (2 * Math.PI * step) / 32
    return [0.5 + 0.2 * Math.sin(angle), 0.5 - 0.3 * Math.cos(angle)] as const
  }),
]

let pages: ModelPages
let digits: Job
let folder: string

before(async () => {
  pages = await ModelPages.start()
  digits = await pages.trained({
    model: { preset: 'mnist-mlp' },
    optimizer: { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 },
    epochs: 3,
  })
  folder = await pages.unzipped(digits.id)
})
after(() => pages.stop())

async function draw(page: Page, strokes: readonly Stroke[]): Promise<void> {
  const { x, y, width, height } = (await page.getByLabel('Draw a digit').boundingBox())!
  for (const [first, ...rest] of strokes) {
    await page.mouse.move(x + first![0] * width, y + first![1] * height)
    await page.mouse.down()
    for (const [across, down] of rest)
      await page.mouse.move(x + across * width, y + down * height, { steps: 4 })
    await page.mouse.up()
  }
}

describe('the page of a model of digits, opened from a folder', () => {
  it('names the digit that is drawn, with the probabilities of the service', () =>
    pages.look(folder, async page => {
      for (const [digit, strokes] of Object.entries({ 7: SEVEN, 0: ZERO })) {
        await draw(page, strokes)
        assert.equal(await verdict(page), digit)
        assert.equal(Object.keys(await shownOutputs(page)).length, 10)
        await pages.assertSameOutputs(page, digits.id)
        assert.match((await page.locator('#time').textContent())!, /Computed in [\d.e-]+ ms/)
        await page.getByRole('button', { name: 'Clear' }).click()
        await page.getByText('Nothing is drawn yet.').waitFor()
      }
    }))

  it('is drawn on with the keyboard', () =>
    pages.look(folder, async page => {
      await page.getByLabel('Draw a digit').focus()
      // A line down from where the pen is: a one.
      await page.keyboard.press('Space')
      for (let step = 0; step < 14; step++) await page.keyboard.press('ArrowDown')
      assert.equal(await verdict(page), '1')
      await page.keyboard.press('Delete')
      await page.getByText('Nothing is drawn yet.').waitFor()
    }))

  it('says how many weights there are and how many of them are zero, also of rounded weights', async () => {
    const { layers } = await pages.thresher.jobs.layers(digits.id)
    const size = layers.reduce((sum, layer) => sum + layer.size, 0)
    const zeros = size - layers.reduce((sum, { nonzero }) => sum + nonzero.at(-1)!, 0)
    const rounded = await pages.unzipped(digits.id, 'runtime&dtype=int8')
    for (const root of [folder, rounded])
      await pages.look(root, async page => {
        const text = (await page.locator('#facts').textContent())!
        const [, weights, percent] = text.match(/^([\d,]+) weights, ([\d.]+) % of them zero/)!
        assert.equal(weights, size.toLocaleString('en'))
        // Rounding makes some weights zero.
        const more = Number(percent) - (100 * zeros) / size
        assert.ok(more >= -0.051 && more <= (root === folder ? 0.051 : 1), text)
      })
  })

  it('compares its time with that of the dense model', () =>
    pages.look(folder, async page => {
      await page.getByRole('button', { name: 'Compare with the dense model' }).click()
      await page.getByText(/^Dense [\d.e-]+ ms, sparse [\d.e-]+ ms/).waitFor()
    }))

  for (const colorScheme of ['light', 'dark'] as const)
    it(`is accessible and fits a phone, ${colorScheme}`, () =>
      pages.look(
        folder,
        async page => {
          await draw(page, SEVEN)
          await page.getByText('The input as JSON').click()
          await assertAccessible(page)
          await assertFits(page)
          await assertKeyboardReaches(page)
        },
        { width: 390, colorScheme },
      ))
})

it('the same model gives the same zip', async () => {
  const again = await pages.trained({ ...digits.spec, name: 'again' })
  assert.deepEqual(await pages.zipOf(again.id), await pages.zipOf(digits.id, 'runtime=browser'))
})

it('the files beside the page predict in Node, and in a browser from a static server', async t => {
  const gray = Array(28).fill(Array(28).fill([100]))
  const { outputs } = await pages.thresher.jobs.predict(digits.id, { inputs: [gray] })
  const { load } = await import(pathToFileURL(join(folder, 'runtime/lib/node/index.js')).href)
  const model = await load(await readFile(join(folder, 'model.sparse.safetensors')))
  const inNode = model.predict(new Float32Array(784).fill(100))
  const server = await serveFolder(folder)
  t.after(() => server.close())
  const page = await pages.browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const inBrowser: number[] = await page.evaluate(PREDICT_GRAY)
  await page.close()
  for (const [index, value] of (outputs[0] as number[]).entries())
    for (const actual of [inNode[index], inBrowser[index]!]) assert.ok(Math.abs(actual - value) <= 1e-5)
})

const PREDICT_GRAY = `(async () => {
  const { load } = await import('/runtime/lib/browser/index.js')
  const file = await (await fetch('/model.sparse.safetensors')).arrayBuffer()
  const model = await load(new Uint8Array(file))
  return [...model.predict(new Float32Array(784).fill(100))]
})()`

const TYPES: Record<string, string> = { js: 'text/javascript', wasm: 'application/wasm' }

/** Serves the files of a folder, and an empty page. */
async function serveFolder(root: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.url === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>')
    const type = TYPES[request.url!.split('.').at(-1)!] ?? 'application/octet-stream'
    const bytes = await readFile(join(root, request.url!)).catch(() => undefined)
    response.writeHead(bytes ? 200 : 404, { 'content-type': type }).end(bytes)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}
