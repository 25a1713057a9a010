import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { zipSync } from 'fflate'
import sharp from 'sharp'
import { assertAccessible } from '../support/browser/check-page.ts'
import { ModelPages, verdict } from '../support/browser/model-pages.ts'
import { smallTraining } from '../support/browser/small-training.ts'

let pages: ModelPages
before(async () => {
  pages = await ModelPages.start()
})
after(() => pages.stop())

it('the page of a table has a field for each column', async () => {
  const training = await smallTraining(pages.thresher)
  const { id } = await pages.trained({
    ...training,
    optimizer: { name: 'grda', learningRate: 0.1, c: 0.002, mu: 0.6 },
    epochs: 5,
  })
  const root = await pages.unzipped(id)
  await pages.look(root, async page => {
    await page.getByLabel('x', { exact: true }).fill('0.75')
    await page.getByLabel('y', { exact: true }).fill('-0.5')
    await page.getByRole('button', { name: 'Predict' }).click()
    await page.locator('.verdict').waitFor()
    assert.deepEqual(JSON.parse(await page.locator('#inputs').inputValue()), { inputs: [[0.75, -0.5]] })
    await pages.assertSameOutputs(page, id)
    await assertAccessible(page)
  })
})

it('the page of a table says what the model does not take, and keeps no older answer', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => `${index % 4},${(index >> 2) % 4},${index % 2}`)
  const { id: dataset } = await pages.thresher.datasets.create(
    { name: 'tokens', format: 'csv', label: 'label' },
    [{ name: 'tokens.csv', content: new Blob([`first,second,label\n${rows.join('\n')}\n`]) }],
  )
  await pages.thresher.datasets.wait(dataset, { everyMs: 100 })
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
  const { id } = await pages.trained({
    dataset: { id: dataset },
    model: { topology: { inputShape: [2], layers } },
    optimizer: { name: 'grda', learningRate: 0.05, c: 0.001, mu: 0.6 },
    batchSize: 4,
    epochs: 1,
  })
  const root = await pages.unzipped(id)
  await pages.look(root, async page => {
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

it('the page of a model of photographs has a field for an image file', async () => {
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
  const { id: dataset } = await pages.thresher.datasets.create({ name: 'colors', format: 'imageFolder' }, [
    { name: 'colors.zip', content },
  ])
  await pages.thresher.datasets.wait(dataset, { everyMs: 100 })
  const layers = [
    { type: 'flatten', name: 'flatten' },
    { type: 'dense', name: 'classes', units: 2, activation: 'linear', kernelInitializer: 'glorotUniform' },
  ]
  const { id } = await pages.trained({
    dataset: { id: dataset },
    model: { topology: { inputShape: [8, 8, 3], layers } },
    optimizer: { name: 'grda', learningRate: 0.05, c: 0.001, mu: 0.6 },
    batchSize: 4,
    epochs: 20,
  })
  const root = await pages.unzipped(id)
  await pages.look(root, async page => {
    // A field of one color stays what it is, however it is resized.
    const buffer = Buffer.from(await picture('#2020e0', 20))
    await page.getByLabel('Image file').setInputFiles({ name: 'blue.png', mimeType: 'image/png', buffer })
    await page.locator('.verdict').waitFor()
    assert.equal(await verdict(page), 'blue')
    await pages.assertSameOutputs(page, id)
    await page
      .getByLabel('Image file')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
    await page.getByText('a.txt is not an image that this browser reads.').waitFor()
    await assertAccessible(page)
  })
})
