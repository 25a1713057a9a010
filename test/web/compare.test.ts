import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type EpochMetrics, type Job, Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import { formatBytes, formatNumber, formatPercent } from '#web/src/format/numbers.ts'
import type { View } from '../support/browser/open-view.ts'
import { smallTraining } from '../support/browser/small-training.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

let dashboard: Dashboard
let view: View
let jobs: Job[]
let series: EpochMetrics[][]

before(async () => {
  dashboard = await startDashboard()
  const thresher = new Thresher({ url: dashboard.url })
  const training = await smallTraining(thresher)
  const optimizers = [
    { name: 'grda', learningRate: 0.1, c: 0.01, mu: 0.6 },
    { name: 'grda', learningRate: 0.1, c: 0.05, mu: 0.6 },
    { name: 'adam', learningRate: 0.01 },
  ] as const
  const submitted = optimizers.map((optimizer, index) =>
    thresher.jobs.create({ ...training, optimizer, epochs: 3 + index, name: `run ${index}` }),
  )
  jobs = await Promise.all((await Promise.all(submitted)).map(({ id }) => thresher.jobs.wait(id)))
  series = await Promise.all(jobs.map(async ({ id }) => (await thresher.jobs.metrics(id)).data))
  view = await dashboard.open()
})
after(() => dashboard.stop())

const path = (query = '') => `/compare?jobs=${jobs.map(({ id }) => id).join(',')}${query}`
const cellsOf = async (page: Page, table: string) => {
  const rows = await page.getByRole('table', { name: table }).locator('tbody tr').all()
  return Promise.all(rows.map(row => row.locator('td').allTextContents()))
}

describe('the comparison of runs', () => {
  it('draws any metric, with the figures of the service in its table', () =>
    view.see(path('&metric=sparsity&curve.table=1'), async page => {
      const rows = await cellsOf(page, 'Sparsity')
      const longest = Math.max(...series.map(epochs => epochs.length))
      const expected = Array.from({ length: longest }, (_, index) => [
        String(index + 1),
        ...series.map(epochs => (epochs[index] ? formatPercent(epochs[index].sparsity) : '–')),
      ])
      assert.deepEqual(rows, expected)
    }))

  it('keeps metric, axis and order in the address', () =>
    view.see(path(), async page => {
      await page.getByLabel('Metric').selectOption('Training loss')
      await page.getByLabel('x axis').selectOption('step')
      await page.getByRole('button', { name: 'Validation loss' }).click()
      await page.reload()
      await page.getByRole('heading', { name: 'Training loss' }).waitFor()
      assert.equal(await page.getByLabel('x axis').inputValue(), 'step')
      const sorted = page.locator('th[aria-sort="descending"]')
      assert.match((await sorted.textContent())!, /Validation loss/)
    }))

  it('returns with Back to the choice before, one step for each choice', () =>
    view.see(path('&metric=sparsity'), async page => {
      const metric = page.getByLabel('Metric')
      await metric.selectOption('Training loss')
      await page.getByLabel('Smoothing').fill('0.5')
      await page.getByRole('button', { name: 'Validation loss' }).click()
      await page.waitForURL(/sort=validationLoss/)
      await page.goBack()
      await page.waitForURL(url => !url.search.includes('sort='))
      assert.equal(await metric.inputValue(), 'trainLoss')
      assert.equal(await page.getByLabel('Smoothing').inputValue(), '0.5')
      await page.goBack()
      await page.waitForURL(/metric=sparsity$/)
      assert.equal(await metric.inputValue(), 'sparsity')
    }))

  it('has the final figures of every run, and marks the best of each metric', () =>
    view.see(path('&sort=sparsity'), async page => {
      const finals = series.map(epochs => epochs.at(-1)!)
      const table = page.getByRole('table', { name: 'Figures of the last epoch' })
      for (const [index, final] of finals.entries()) {
        const row = table.getByRole('row', { name: `run ${index}` })
        const text = (await row.textContent())!
        for (const figure of [
          formatPercent(final.validationAccuracy),
          formatNumber(final.validationLoss),
          formatPercent(final.sparsity),
          formatBytes(final.sparseBytes),
        ])
          assert.ok(text.includes(figure), `${figure} in ${text}`)
      }
      const sparsest = finals.reduce(
        (best, final, index) => (final.sparsity > finals[best]!.sparsity ? index : best),
        0,
      )
      const best = table.getByRole('row', { name: `run ${sparsest}` }).locator('.best')
      assert.ok(
        (await best.allTextContents()).some(text =>
          text.startsWith(formatPercent(finals[sparsest]!.sparsity)),
        ),
      )
    }))

  it('has only the fields of the specs that differ', () =>
    view.see(path(), async page => {
      const rows = await cellsOf(page, 'Fields that differ, one column for each run')
      const fields = new Map(rows.map(([field, ...values]) => [field, values]))
      assert.deepEqual(fields.get('optimizer.name'), ['grda', 'grda', 'adam'])
      assert.deepEqual(fields.get('optimizer.c'), ['0.01', '0.05', '–'])
      assert.deepEqual(fields.get('epochs'), ['3', '4', '5'])
      assert.ok(!fields.has('batchSize') && !fields.has('dataset.id'))
    }))

  it('shows the other runs if one does not exist', async () => {
    const { page } = view
    await page.goto(`${dashboard.url}/ui/compare?jobs=${jobs[0]!.id},job_gone`)
    await page.getByText('Some of the jobs cannot be shown.').waitFor()
    await page.getByRole('link', { name: 'run 0' }).waitFor()
    view.faults.length = 0
  })

  it('adds and removes runs', () =>
    view.see(`/compare?jobs=${jobs[0]!.id}`, async page => {
      await page.getByLabel('Add a job').selectOption(jobs[2]!.id)
      await page.getByRole('button', { name: 'Remove run 2' }).waitFor()
      await page.getByRole('button', { name: 'Remove run 0' }).click()
      await page.waitForURL(new RegExp(`jobs=${jobs[2]!.id}$`))
    }))
})
