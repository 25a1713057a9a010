import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type EpochMetrics, Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import type { View } from '../support/browser/open-view.ts'
import { assertShows, cellsOf, termsOf } from '../support/browser/shown.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'
import { childrenOf } from '../support/children-of.ts'

const JOB = {
  name: 'digits',
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  validation: { fraction: 0.9 },
} as const
const TABLES = '?loss.table=1&accuracy.table=1&sparsity.table=1&threshold.table=1&layers.table=1'

/** The figures of an epoch in the table behind each curve. */
const FIGURES: Record<string, (epoch: EpochMetrics) => (number | undefined)[]> = {
  Loss: ({ trainLoss, validationLoss }) => [trainLoss, validationLoss],
  Accuracy: ({ trainAccuracy, validationAccuracy }) => [trainAccuracy, validationAccuracy],
  Sparsity: ({ sparsity, weightSparsity }) => [sparsity, weightSparsity],
  Threshold: ({ threshold }) => [threshold],
  'Sparsity by layer': ({ layers }) =>
    layers!.filter(({ shape }) => shape.length > 1).map(({ size, nonzero }) => 1 - nonzero / size),
}

let dashboard: Dashboard
let thresher: Thresher
let view: View
before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  view = await dashboard.open()
})
after(async () => {
  await view.close()
  await dashboard.stop()
})

const lossPlot = (page: Page) =>
  page
    .getByRole('group', { name: /^Loss: plot/ })
    .locator('canvas')
    .first()
const badge = (page: Page, status: string) => page.locator(`main h1 ~ .badge[data-status="${status}"]`)

/** Waits until the plot has other pixels than now. */
async function waitUntilDrawnAgain(page: Page): Promise<void> {
  const canvas = await lossPlot(page).elementHandle()
  const now = await canvas!.evaluate(element => (element as HTMLCanvasElement).toDataURL())
  await page.waitForFunction(
    ({ canvas, now }) =>
      (canvas as HTMLCanvasElement).isConnected && (canvas as HTMLCanvasElement).toDataURL() !== now,
    { canvas, now },
    { timeout: 60_000 },
  )
}

/** The training outlasts every machine; the test ends it. */
const ENDLESS = 5_000

describe('the page of a job', () => {
  let jobId: string

  it('draws the curves again while the job trains, until it is cancelled there by keyboard', async () => {
    jobId = (await thresher.jobs.create({ ...JOB, epochs: ENDLESS })).id
    let lists = 0
    view.page.on('request', request => {
      if (request.url().endsWith('/artifacts')) lists++
    })
    await view.see(`/jobs/${jobId}`, async page => {
      await lossPlot(page).waitFor({ timeout: 60_000 })
      await waitUntilDrawnAgain(page)
      await waitUntilDrawnAgain(page)
      await page.locator('.log-epoch').nth(6).waitFor({ timeout: 60_000 })
      // While it was queued, and since it trains.
      assert.ok(lists <= 3, `${lists} requests for the files of a job that made none`)
      await page.getByRole('button', { name: 'Cancel' }).press('Enter')
      await page.getByRole('button', { name: 'Cancel the job' }).press('Enter')
      await badge(page, 'cancelled').waitFor({ timeout: 60_000 })
    })
  })

  it('shows the figures of the API', async () => {
    const job = await thresher.jobs.get(jobId)
    const { sparsity, validationAccuracy, sparseBytes, denseBytes, layers } = job.metrics!
    const nonzero = layers!.reduce((sum, layer) => sum + layer.nonzero, 0)
    await view.see(`/jobs/${jobId}`, async page => {
      const shown = await termsOf(page)
      assertShows(shown.Epoch, job.progress.epoch, 'the epoch')
      assertShows(shown.Sparsity, sparsity, 'the sparsity')
      assertShows(shown['Validation accuracy'], validationAccuracy!, 'the accuracy')
      assertShows(shown.Size, sparseBytes, 'the size')
      assertShows(/dense (.*),/.exec(shown.Size!)?.[1], denseBytes, 'the dense size')
      assertShows(shown.Parameters, nonzero, 'the parameters')
    })
  })

  it('has a table behind each curve with the figures of the API', async () => {
    const { data } = await thresher.jobs.metrics(jobId)
    const epochs = data as EpochMetrics[]
    await view.see(`/jobs/${jobId}${TABLES}`, async page => {
      for (const [title, figuresOf] of Object.entries(FIGURES)) {
        const rows = await cellsOf(page, title)
        assert.equal(rows.length, Math.min(100, epochs.length), title)
        for (const [index, epoch] of epochs.slice(0, rows.length).entries())
          for (const [column, figure] of [epoch.epoch, ...figuresOf(epoch)].entries())
            assertShows(rows[index]![column], figure!, `${title}, epoch ${epoch.epoch}, column ${column}`)
      }
    })
  })

  it('reports that the computer is offline, asks for nothing meanwhile, and drops the error of an action afterwards', async () => {
    const { id } = await thresher.jobs.create({ ...JOB, epochs: ENDLESS })
    await view.see(`/jobs/${id}`, async page => {
      await lossPlot(page).waitFor({ timeout: 60_000 })
      await page.context().setOffline(true)
      const notice = page.getByText('This computer is offline.')
      await notice.waitFor()
      await page.getByRole('button', { name: 'Pause' }).click()
      const error = page.getByRole('alert')
      await error.waitFor()
      const requests: string[] = []
      const onRequest = (request: { url(): string }) => requests.push(request.url())
      page.on('request', onRequest)
      // Longer than the interval in which the page asks for the job.
      await page.waitForTimeout(6000)
      page.off('request', onRequest)
      assert.deepEqual(requests, [])
      await page.context().setOffline(false)
      await notice.waitFor({ state: 'detached' })
      await error.waitFor({ state: 'detached' })
      await waitUntilDrawnAgain(page)
      await thresher.jobs.cancel(id)
      await badge(page, 'cancelled').waitFor({ timeout: 60_000 })
      // What the browser reports about requests without an answer.
      view.faults.length = 0
    })
  })

  it('continues after the api was killed and started again', async () => {
    const { id } = await thresher.jobs.create({ ...JOB, epochs: ENDLESS })
    await view.see(`/jobs/${id}?loss.table=1`, async page => {
      await lossPlot(page).waitFor({ timeout: 60_000 })
      process.kill(childrenOf(dashboard.pid, 'src/main')[0]!, 'SIGKILL')
      const notice = page.getByText('The connection broke.')
      await notice.waitFor()
      await notice.waitFor({ state: 'detached', timeout: 60_000 })
      await waitUntilDrawnAgain(page)
      await thresher.jobs.cancel(id)
      await badge(page, 'cancelled').waitFor({ timeout: 60_000 })
      const shown = (await cellsOf(page, 'Loss')).map(([epoch]) => Number(epoch))
      const { data } = await thresher.jobs.metrics(id)
      assert.deepEqual(
        shown,
        data.slice(0, 100).map(({ epoch }) => epoch),
      )
      // What the browser reports about requests without an answer.
      view.faults.length = 0
    })
  })
})
