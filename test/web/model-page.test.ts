import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Job, Thresher } from '@thresher/client'
import { unzipSync, zipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { assertAccessible, assertFits, assertKeyboardReaches } from '../support/browser/check-page.ts'
import { smallTraining } from '../support/browser/small-training.ts'
import { startChromium } from '../support/browser/start-chromium.ts'
import { type Service, startService } from '../support/start-service.ts'

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

let service: Service
let thresher: Thresher
let browser: Browser
let digits: Job
let folder: string

before(async () => {
  service = await startService()
  thresher = new Thresher({ url: service.url })
  browser = await startChromium()
  digits = await trained({
    model: { preset: 'mnist-mlp' },
    optimizer: { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 },
    epochs: 3,
  })
  folder = await unzipped(digits.id)
})
after(async () => {
  await browser.close()
  await service.stop()
  await rm(folder, { recursive: true })
})

async function trained(request: Parameters<Thresher['jobs']['create']>[0]): Promise<Job> {
  const { id } = await thresher.jobs.create(request)
  return await thresher.jobs.wait(id)
}

const zipOf = async (id: string, query = 'runtime') =>
  new Uint8Array(
    await (
      await fetch(`${service.url}/v1/jobs/${id}/artifacts/model.sparse.safetensors?${query}`)
    ).arrayBuffer(),
  )

/** The files of the zip of a model in a new folder. */
async function unzipped(id: string, query?: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'thresher-page-'))
  for (const [name, bytes] of Object.entries(unzipSync(await zipOf(id, query)))) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), bytes)
  }
  return root
}

/** Opens a page of a folder, and asserts that it asks for no other address and reports no error. */
async function look(
  root: string,
  check: (page: Page) => Promise<unknown>,
  { width = 1000, colorScheme = 'light' as 'light' | 'dark' } = {},
): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true })
  await context.addInitScript('globalThis.__name = named => named')
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const address = pathToFileURL(join(root, 'index.html')).href
  const faults: string[] = []
  page.on('request', request => {
    const url = request.url()
    if (url !== address && !url.startsWith('blob:') && !url.startsWith('data:')) faults.push(url)
  })
  page.on('console', message => message.type() === 'error' && faults.push(message.text()))
  page.on('pageerror', error => faults.push(error.message))
  await page.goto(address)
  await page.getByText('There is no input yet.').waitFor()
  await check(page)
  if (process.env.SCREENSHOTS)
    await page.screenshot({
      path: join(process.env.SCREENSHOTS, `page-${width}-${colorScheme}.png`),
      fullPage: true,
    })
  await context.close()
  assert.deepEqual(faults, [])
}

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

const verdict = (page: Page) => page.locator('.verdict').textContent()

/** The outputs that the page shows, by name. */
async function shownOutputs(page: Page): Promise<Record<string, number>> {
  const rows = await page
    .locator('#outputs tr')
    .evaluateAll(found =>
      found.map(row => [
        row.querySelector('th')!.textContent,
        Number(row.querySelector<HTMLElement>('[data-value]')!.dataset.value),
      ]),
    )
  return Object.fromEntries(rows)
}

/** Sends the input that the page shows to the service. @returns the outputs by name */
async function predicted(page: Page, id: string): Promise<Record<string, number>> {
  const { inputs } = JSON.parse(await page.locator('#inputs').inputValue())
  const { outputs, outputNames } = await thresher.jobs.predict(id, { inputs })
  return Object.fromEntries(outputNames.map((name, index) => [name, Number(outputs[0]![index])]))
}

async function assertSameOutputs(page: Page, id: string): Promise<void> {
  const [shown, expected] = [await shownOutputs(page), await predicted(page, id)]
  for (const [name, value] of Object.entries(shown))
    assert.ok(Math.abs(value - expected[name]!) <= 1e-5, `${name}: ${value} for ${expected[name]}`)
}

describe('the page of a model of digits, opened from a folder', () => {
  it('names the digit that is drawn, with the probabilities of the service', () =>
    look(folder, async page => {
      for (const [digit, strokes] of Object.entries({ 7: SEVEN, 0: ZERO })) {
        await draw(page, strokes)
        assert.equal(await verdict(page), digit)
        assert.equal(Object.keys(await shownOutputs(page)).length, 10)
        await assertSameOutputs(page, digits.id)
        assert.match((await page.locator('#time').textContent())!, /Computed in [\d.e-]+ ms/)
        await page.getByRole('button', { name: 'Clear' }).click()
        await page.getByText('Nothing is drawn yet.').waitFor()
      }
    }))

  it('is drawn on with the keyboard', () =>
    look(folder, async page => {
      await page.getByLabel('Draw a digit').focus()
      // A line down from where the pen is: a one.
      await page.keyboard.press('Space')
      for (let step = 0; step < 14; step++) await page.keyboard.press('ArrowDown')
      assert.equal(await verdict(page), '1')
      await page.keyboard.press('Delete')
      await page.getByText('Nothing is drawn yet.').waitFor()
    }))

  it('says how many weights there are and how many of them are zero, also of rounded weights', async t => {
    const { layers } = await thresher.jobs.layers(digits.id)
    const size = layers.reduce((sum, layer) => sum + layer.size, 0)
    const zeros = size - layers.reduce((sum, { nonzero }) => sum + nonzero.at(-1)!, 0)
    const rounded = await unzipped(digits.id, 'runtime&dtype=int8')
    t.after(() => rm(rounded, { recursive: true }))
    for (const root of [folder, rounded])
      await look(root, async page => {
        const text = (await page.locator('#facts').textContent())!
        const [, weights, percent] = text.match(/^([\d,]+) weights, ([\d.]+) % of them zero/)!
        assert.equal(weights, size.toLocaleString('en'))
        // Rounding makes some weights zero.
        const more = Number(percent) - (100 * zeros) / size
        assert.ok(more >= -0.051 && more <= (root === folder ? 0.051 : 1), text)
      })
  })

  it('compares its time with that of the dense model', () =>
    look(folder, async page => {
      await page.getByRole('button', { name: 'Compare with the dense model' }).click()
      await page.getByText(/^Dense [\d.e-]+ ms, sparse [\d.e-]+ ms/).waitFor()
    }))

  for (const colorScheme of ['light', 'dark'] as const)
    it(`is accessible and fits a phone, ${colorScheme}`, () =>
      look(
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
  const again = await trained({ ...digits.spec, name: 'again' } as Parameters<typeof trained>[0])
  assert.deepEqual(await zipOf(again.id), await zipOf(digits.id, 'runtime=browser'))
})

it('the files beside the page predict in Node, and in a browser from a static server', async t => {
  const gray = Array(28).fill(Array(28).fill([100]))
  const { outputs } = await thresher.jobs.predict(digits.id, { inputs: [gray] })
  const { load } = await import(pathToFileURL(join(folder, 'runtime/lib/node/index.js')).href)
  const model = await load(await readFile(join(folder, 'model.sparse.safetensors')))
  const inNode = model.predict(new Float32Array(784).fill(100))
  const server = await serveFolder(folder)
  t.after(() => server.close())
  const page = await browser.newPage()
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

it('the page of a table has a field for each column', async t => {
  const training = await smallTraining(thresher)
  const { id } = await trained({
    ...training,
    optimizer: { name: 'grda', learningRate: 0.1, c: 0.002, mu: 0.6 },
    epochs: 5,
  } as Parameters<typeof trained>[0])
  const root = await unzipped(id)
  t.after(() => rm(root, { recursive: true }))
  await look(root, async page => {
    await page.getByLabel('x', { exact: true }).fill('0.75')
    await page.getByLabel('y', { exact: true }).fill('-0.5')
    await page.getByRole('button', { name: 'Predict' }).click()
    await page.locator('.verdict').waitFor()
    assert.deepEqual(JSON.parse(await page.locator('#inputs').inputValue()), { inputs: [[0.75, -0.5]] })
    await assertSameOutputs(page, id)
    await assertAccessible(page)
  })
})

it('the page of a table says what the model does not take, and keeps no older answer', async t => {
  const rows = Array.from({ length: 40 }, (_, index) => `${index % 4},${(index >> 2) % 4},${index % 2}`)
  const { id: dataset } = await thresher.datasets.create({ name: 'tokens', format: 'csv', label: 'label' }, [
    { name: 'tokens.csv', content: new Blob([`first,second,label\n${rows.join('\n')}\n`]) },
  ])
  await thresher.datasets.wait(dataset, { everyMs: 100 })
  const layers = [
    {
      type: 'embedding',
      name: 'embedding',
      inputDim: 4,
      outputDim: 2,
      embeddingsInitializer: 'glorotUniform',
    },
    { type: 'flatten', name: 'flatten' },
    { type: 'dense', name: 'classes', units: 2, activation: 'linear', kernelInitializer: 'glorotUniform' },
  ]
  const { id } = await trained({
    dataset: { id: dataset },
    model: { topology: { inputShape: [2], layers } },
    optimizer: { name: 'grda', learningRate: 0.05, c: 0.001, mu: 0.6 },
    batchSize: 4,
    epochs: 1,
  } as Parameters<typeof trained>[0])
  const root = await unzipped(id)
  t.after(() => rm(root, { recursive: true }))
  await look(root, async page => {
    const answerTo = async (number: string) => {
      await page.getByLabel('second').fill(number)
      await page.getByRole('button', { name: 'Predict' }).click()
    }
    for (const [wrong, message] of [
      ['4', 'x has 4 at index 1; layer "embedding" takes tokens, whole numbers from 0 to 3'],
      ['1e39', 'Each number must be within the range of float32'],
    ] as const) {
      await answerTo('3')
      await page.locator('.verdict').waitFor()
      await answerTo(wrong)
      await page.getByText(message).waitFor()
      assert.equal(await page.locator('#outputs').count(), 0)
    }
  })
})

it('the page of a model of photographs has a field for an image file', async t => {
  const picture = async (color: string, side = 8) =>
    new Uint8Array(
      await sharp({ create: { width: side, height: side, channels: 3, background: color } })
        .png()
        .toBuffer(),
    )
  const [red, blue] = await Promise.all(['#e02020', '#2020e0'].map(color => picture(color)))
  const files = Array.from({ length: 10 }, (_, index) => [
    [`red/${index}.png`, red],
    [`blue/${index}.png`, blue],
  ])
  const content = new Blob([zipSync(Object.fromEntries(files.flat()))])
  const { id: dataset } = await thresher.datasets.create({ name: 'colors', format: 'imageFolder' }, [
    { name: 'colors.zip', content },
  ])
  await thresher.datasets.wait(dataset, { everyMs: 100 })
  const layers = [
    { type: 'flatten', name: 'flatten' },
    { type: 'dense', name: 'classes', units: 2, activation: 'linear', kernelInitializer: 'glorotUniform' },
  ]
  const { id } = await trained({
    dataset: { id: dataset },
    model: { topology: { inputShape: [8, 8, 3], layers } },
    optimizer: { name: 'grda', learningRate: 0.05, c: 0.001, mu: 0.6 },
    batchSize: 4,
    epochs: 20,
  } as Parameters<typeof trained>[0])
  const root = await unzipped(id)
  t.after(() => rm(root, { recursive: true }))
  await look(root, async page => {
    // A field of one color stays what it is, however it is resized.
    const buffer = Buffer.from(await picture('#2020e0', 20))
    await page.getByLabel('Image file').setInputFiles({ name: 'blue.png', mimeType: 'image/png', buffer })
    await page.locator('.verdict').waitFor()
    assert.equal(await verdict(page), 'blue')
    await assertSameOutputs(page, id)
    await page
      .getByLabel('Image file')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
    await page.getByText('a.txt is not an image that this browser reads.').waitFor()
    await assertAccessible(page)
  })
})
