import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { type Job, Thresher } from '@thresher/client'
import { unzipSync } from 'fflate'
import type { Page } from 'playwright-core'
import {
  formatBytes,
  formatCount,
  formatMilliseconds,
  formatNumber,
  formatPercent,
  formatRatio,
} from '#web/src/format/numbers.ts'
import type { View } from '../support/browser/open-view.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

const SMALL = { model: { preset: 'mnist-mlp' }, validation: { fraction: 0.9 } } as const

let dashboard: Dashboard
let thresher: Thresher
let view: View
let finished: Job

before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  const { id } = await thresher.jobs.create({
    ...SMALL,
    name: 'digits',
    labels: { team: 'vision' },
    epochs: 3,
  })
  finished = await thresher.jobs.wait(id)
  view = await dashboard.open()
})
after(() => dashboard.stop())

/** The rows of a table, by its caption, as their texts. */
async function tableOf(page: Page, caption: string): Promise<string[][]> {
  const rows = await page.getByRole('table', { name: caption }).locator('tbody tr').all()
  return await Promise.all(rows.map(row => row.locator('td').allInnerTexts()))
}

async function countEvents(id: string): Promise<number> {
  let count = 0
  for await (const _ of thresher.jobs.events(id)) count++
  return count
}

/** The pixels of a plot. */
function pixelsOf(page: Page, title: string): Promise<string> {
  return page
    .getByRole('figure', { name: title })
    .locator('canvas')
    .evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL())
}

describe('the page of a finished job', () => {
  it('shows the figures of the API', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      const metrics = finished.metrics!
      const nonzero = metrics.layers.reduce((sum, layer) => sum + layer.nonzero, 0)
      const figures = await page.locator('.figure').allInnerTexts()
      const shown = figures.map(figure => figure.replaceAll(/\s+/g, ' ').toLowerCase())
      assert.deepEqual(shown.slice(0, 5), [
        'epoch 3 of 3',
        `sparsity ${formatPercent(metrics.sparsity)}`,
        `validation accuracy ${formatPercent(metrics.validationAccuracy)}`,
        `size ${formatBytes(metrics.sparseBytes)} dense ${formatBytes(metrics.denseBytes)}, ${(metrics.denseBytes / metrics.sparseBytes).toFixed(1)}×`.toLowerCase(),
        `parameters ${formatCount(nonzero)} of 407,050`,
      ])
    }))

  it('has the metrics of every epoch in the table behind a chart', () =>
    view.see(`/jobs/${finished.id}?loss.table=1&x=step`, async page => {
      const { data } = await thresher.jobs.metrics(finished.id)
      assert.deepEqual(
        await tableOf(page, 'Loss'),
        data.map(epoch => [
          formatCount(epoch.step),
          formatNumber(epoch.trainLoss),
          formatNumber(epoch.validationLoss),
        ]),
      )
      const last = data.at(-1)!
      const summary = await page.getByRole('figure', { name: 'Loss' }).locator('figcaption').textContent()
      assert.ok(
        summary!.includes(`to ${formatNumber(last.trainLoss)} at step ${formatCount(last.step)}`),
        summary!,
      )
    }))

  it('has the sparsity of every layer in the table behind the map', () =>
    view.see(`/jobs/${finished.id}?layers.table=1&variables=all`, async page => {
      const { epochs, layers } = await thresher.jobs.layers(finished.id)
      assert.deepEqual(
        await tableOf(page, 'Sparsity by layer'),
        epochs.map((epoch, index) => [
          String(epoch),
          ...layers.map(layer => formatPercent(1 - layer.nonzero[index]! / layer.size)),
        ]),
      )
    }))

  it('lists the checkpoints and the events', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      const { data: checkpoints } = await thresher.jobs.checkpoints(finished.id)
      const rows = await tableOf(page, 'Checkpoints')
      assert.deepEqual(
        rows.map(([kind, epoch, , , size]) => [kind, epoch, size]),
        checkpoints.map(({ kind, epoch, sizeBytes }) => [kind, String(epoch), formatBytes(sizeBytes)]),
      )
      assert.equal(await page.locator('.log-line').count(), await countEvents(finished.id))
    }))

  it('opens the form of a new job with its spec', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      await page.getByRole('link', { name: 'Clone and edit' }).click()
      await page.waitForURL(`**/ui/submit?clone=${finished.id}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForFunction(() =>
        [...document.querySelectorAll('input')].some(input => input.value === 'digits'),
      )
    }))

  it('downloads an artifact with the bytes of the API', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download metrics.csv' }).click(),
      ])
      const answer = await thresher.jobs.artifact(finished.id, 'metrics.csv')
      assert.deepEqual(await readFile(await download.path(), 'utf8'), await answer.text())
    }))
})

describe('the predictions of a finished job', () => {
  it('have the times of the API, dense beside sparse, and the machine', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      const { timings, processor, backend } = finished.latency!
      const rows = timings.map(({ batchSize, denseMilliseconds, sparseMilliseconds }) => [
        String(batchSize),
        formatMilliseconds(denseMilliseconds),
        formatMilliseconds(sparseMilliseconds),
        formatRatio(denseMilliseconds / sparseMilliseconds),
      ])
      assert.deepEqual(await tableOf(page, 'Time of a prediction'), rows)
      await page.getByText(`1 thread of ${processor} (${backend})`, { exact: false }).waitFor()
    }))

  it('run in the browser from a download', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Try it in the browser' }).click(),
      ])
      assert.equal(download.suggestedFilename(), 'model.runtime.zip')
      const files = unzipSync(await readFile(await download.path()))
      assert.ok(files['index.html'] && files['model.sparse.safetensors'])
    }))
})

describe('the page of a running job', () => {
  it('moves the curves and the figures until the job has ended', async () => {
    const { id } = await thresher.jobs.create({ ...SMALL, epochs: 12 })
    await view.see(`/jobs/${id}`, async page => {
      const plot = page.getByRole('figure', { name: 'Loss' }).locator('canvas')
      await plot.waitFor()
      const first = await pixelsOf(page, 'Loss')
      await page.waitForFunction(
        before => document.querySelector<HTMLCanvasElement>('.chart-plot canvas')!.toDataURL() !== before,
        first,
      )
      await page.locator('[data-status="succeeded"]').waitFor({ timeout: 60_000 })
      await page.getByText('12 of 12', { exact: true }).waitFor()
      const job = await thresher.jobs.get(id)
      const accuracy = page.locator('.figure').filter({ hasText: 'Validation accuracy' })
      await accuracy.getByText(formatPercent(job.metrics!.validationAccuracy)).waitFor()
    })
  })

  it('continues after its connection broke, and shows every event once', async () => {
    const { id } = await thresher.jobs.create({ ...SMALL, epochs: 8 })
    const { page } = view
    let connections = 0
    await page.routeWebSocket(/\/v1\/stream/, socket => {
      const server = socket.connectToServer()
      let frames = 0
      connections++
      server.onMessage(message => {
        socket.send(message)
        frames++
        // 1001: the service is going away.
        if (connections === 1 && frames === 6) void server.close().then(() => socket.close({ code: 1001 }))
      })
    })
    await view.see(`/jobs/${id}?loss.table=1`, async () => {
      await page.locator('[data-status="succeeded"]').waitFor({ timeout: 60_000 })
      await page.getByRole('table', { name: 'Loss' }).getByRole('row').nth(8).waitFor()
      assert.deepEqual(
        (await tableOf(page, 'Loss')).map(([epoch]) => epoch),
        ['1', '2', '3', '4', '5', '6', '7', '8'],
      )
      assert.equal(await page.locator('.log-line').count(), await countEvents(id))
      assert.ok(connections > 1)
    })
  })
})

describe('a chart', () => {
  it('reads the points with the arrow keys, and zooms with plus; the address keeps the zoom', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      const plot = page.getByRole('group', { name: /^Loss: plot/ })
      await plot.locator('canvas').waitFor()
      await plot.focus()
      await page.keyboard.press('ArrowRight')
      const { data } = await thresher.jobs.metrics(finished.id)
      const readings = page.getByRole('figure', { name: 'Loss' }).locator('output')
      await readings.getByText(formatNumber(data[0]!.trainLoss), { exact: true }).waitFor()
      await page.keyboard.press('ArrowRight')
      await readings.getByText(formatNumber(data[1]!.trainLoss), { exact: true }).waitFor()
      await page.keyboard.press('+')
      await page.waitForURL(/zoom=1\.33333\.\.2\.66667/)
      await page.keyboard.press('Escape')
      await page.waitForURL(url => !url.search.includes('zoom'))
    }))

  it('shows the part that is dragged over', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      const over = page.getByRole('group', { name: /^Loss: plot/ }).locator('.u-over')
      const { x, y, width } = (await over.boundingBox())!
      await page.mouse.move(x + width / 4, y + 20)
      await page.mouse.down()
      await page.mouse.move(x + width / 2, y + 30, { steps: 5 })
      await page.mouse.up()
      await page.waitForURL(/zoom=1\.5\d*\.\.2(\.0\d*)?$/)
      await page.getByRole('button', { name: 'Show all' }).click()
      await page.waitForURL(url => !url.search.includes('zoom'))
    }))

  it('is shown as the address says', () =>
    view.see(`/jobs/${finished.id}?x=time&smooth=0.5&loss.scale=log`, async page => {
      assert.equal(await page.getByLabel('x axis').inputValue(), 'time')
      assert.equal(await page.getByLabel('Smoothing').inputValue(), '0.5')
      assert.equal(await page.getByLabel('Scale of Loss').inputValue(), 'log')
    }))
})
