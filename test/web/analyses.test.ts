import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type HessianResult, type Job, type PlaneResult, Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import { formatNumber, formatPercent } from '#web/src/format/numbers.ts'
import { assertAccessible, assertFits, assertKeyboardReaches } from '../support/browser/check-page.ts'
import type { View } from '../support/browser/open-view.ts'
import { cellsOf, termsOf } from '../support/browser/shown.ts'
import { smallTraining } from '../support/browser/small-training.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

let dashboard: Dashboard
let thresher: Thresher
let view: View
let sparse: Job
let dense: Job

before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  const training = await smallTraining(thresher)
  const train = async (name: string, optimizer: object) => {
    const { id } = await thresher.jobs.create({ ...training, name, optimizer, epochs: 2 } as never)
    return await thresher.jobs.wait(id)
  }
  sparse = await train('sparse', { name: 'grda', learningRate: 0.1, c: 0.05, mu: 0.6 })
  dense = await train('dense', { name: 'sgd', learningRate: 0.1 })
  view = await dashboard.open()
})
after(() => dashboard.stop())

const both = () => [sparse.id, dense.id]
const start = (page: Page) => page.getByRole('button', { name: 'Start the analysis' }).click()
const idOf = (page: Page) => page.url().split('/').at(-1)!.split('?')[0]!
/** Waits until the page of an analysis shows that it has succeeded. @returns the analysis */
async function succeeded(page: Page) {
  await page.waitForURL(/\/analyses\/analysis_/)
  const badge = page.locator('main h1 ~ .badge')
  await page.locator('main h1 ~ .badge:is([data-status="succeeded"], [data-status="failed"])').waitFor()
  assert.equal(await badge.getAttribute('data-status'), 'succeeded')
  return await thresher.analyses.get(idOf(page))
}

describe('an analysis in the dashboard', () => {
  it('is created from the comparison of two jobs, and shows the curve between them', () =>
    view.see(`/compare?jobs=${both().join(',')}`, async page => {
      await page.getByRole('link', { name: 'Analyse these jobs' }).click()
      await page.getByLabel('Job 2', { exact: true }).waitFor()
      assert.equal(await page.getByLabel('Kind').locator('option:checked').textContent(), 'Connectivity')
      await page.getByLabel('Epochs').fill('1')
      await page.getByLabel('Points').fill('4')
      await start(page)
      const { jobs, options, result } = await succeeded(page)
      assert.deepEqual(
        jobs.map(({ id }) => id),
        both(),
      )
      assert.deepEqual([options.epochs, options.points], [1, 4])
      const picture = page.locator('figure img')
      await picture.waitFor()
      assert.ok(
        await picture.evaluate((image: HTMLImageElement) =>
          image.decode().then(() => image.naturalWidth > 0),
        ),
      )
      await page.getByRole('button', { name: 'Table of Connectivity' }).click()
      const { points, barrier } = result as { points: { t: number; trainLoss: number }[]; barrier: number }
      assert.deepEqual(
        (await cellsOf(page, 'Connectivity')).map(cells => cells.slice(0, 2)),
        points.map(({ t, trainLoss }) => [formatNumber(t), formatNumber(trainLoss)]),
      )
      const summary = await page.locator('figcaption').textContent()
      assert.ok(summary!.includes(`The barrier is ${formatNumber(barrier)}.`), summary!)
      await assertAccessible(page)
      await assertKeyboardReaches(page)
    }))

  it('is a plane through the curve that the form offers', () =>
    view.see(`/analyses/new?jobs=${both().join(',')}`, async page => {
      await page.getByLabel('Kind').selectOption('Plane')
      const curves = page.getByLabel('Curve between the two jobs')
      await curves.locator('option', { hasText: 'Connectivity' }).first().waitFor({ state: 'attached' })
      await curves.selectOption({ index: 1 })
      await page.getByLabel('Points').fill('3')
      await start(page)
      const { xs, ys, points } = (await succeeded(page)).result as PlaneResult
      await page.getByRole('button', { name: 'Table of Plane' }).click()
      const rows = await cellsOf(page, 'Plane')
      assert.equal(rows.length, xs.length * ys.length)
      assert.deepEqual(
        rows[5]!.slice(0, 3),
        [xs[2]!, ys[1]!, points[5]!.trainLoss!].map(value => formatNumber(value)),
      )
      await assertAccessible(page)
    }))

  it('is a Hessian with the options of the form, in dark colours and on a phone', async () => {
    const phone = await dashboard.open({ theme: 'dark', width: 390 })
    await phone.see(`/analyses/new?jobs=${both().join(',')}`, async page => {
      await page.getByLabel('Kind').selectOption('Hessian')
      await page.getByLabel('Eigenvectors').fill('2')
      await page.getByLabel('Max products').fill('8')
      await page.getByLabel('Examples').fill('20')
      await assertFits(page)
      await assertAccessible(page)
      await start(page)
      const { options, result } = await succeeded(page)
      assert.deepEqual([options.eigenvectors, options.maxProducts, options.examples], [2, 8, 20])
      await page.getByRole('button', { name: 'Table of Hessian' }).click()
      const { eigenpairs } = result as HessianResult
      assert.deepEqual(
        (await cellsOf(page, 'Hessian')).map(cells => cells[1]),
        eigenpairs.map(({ value }) => formatNumber(value)),
      )
      await assertFits(page)
      await assertAccessible(page)
    })
    await phone.close()
  })

  it('of the zeros by layer and of the norms is created from the page of a job, with another one added', () =>
    view.see(`/jobs/${sparse.id}`, async page => {
      await page.getByRole('link', { name: 'New analysis' }).click()
      await page.getByRole('button', { name: 'Add a job' }).click()
      await page.getByLabel('Job 2', { exact: true }).selectOption(dense.id)
      await page.getByRole('button', { name: 'Move job 2 up' }).click()
      await page.getByLabel('Checkpoint of job 1').fill('2')
      await start(page)
      const { jobs } = await succeeded(page)
      assert.deepEqual(
        jobs.map(({ id }) => id),
        [dense.id, sparse.id],
      )
      const zeros = (await cellsOf(page, 'Zeros by layer')).map(cells => cells[3]!)
      const { layers } = (await thresher.analyses.get(idOf(page))).result as {
        layers: { size: number; nonzero: number[] }[]
      }
      assert.deepEqual(
        zeros,
        layers.map(({ size, nonzero }) => formatPercent((size - nonzero[1]!) / size)),
      )
      await page.getByRole('link', { name: 'Clone and edit' }).click()
      await page.getByLabel('Kind').selectOption('Norm ratio')
      await start(page)
      await succeeded(page)
      await page.getByRole('button', { name: 'Table of Norm ratio' }).click()
      assert.ok((await cellsOf(page, 'Norm ratio')).length >= 2)
    }))

  it('is refused with the mistakes at their fields', () =>
    view.see(`/analyses/new?jobs=${both().join(',')}`, async page => {
      await page.getByLabel('Kind').selectOption('Plane')
      await start(page)
      await page.getByText('is required with two jobs').waitFor()
      const field = page.getByLabel('Curve between the two jobs')
      assert.equal(await field.getAttribute('aria-invalid'), 'true')
      await page.getByRole('button', { name: 'Remove job 2' }).click()
      await start(page)
      await page.locator('fieldset[name="jobs"] .field-error').waitFor()
    }))

  it('shows its progress, and ends when it is cancelled', () =>
    view.see(`/analyses/new?jobs=${both().join(',')}`, async page => {
      await page.getByLabel('Epochs').fill('100000')
      await start(page)
      await page.waitForURL(/\/analyses\/analysis_/)
      const bar = page.getByRole('progressbar', { name: 'Progress of the analysis' })
      await page.waitForFunction(
        element => (element as HTMLProgressElement).value > 0,
        await bar.elementHandle(),
      )
      const { Work } = await termsOf(page)
      assert.match(Work!, /^[\d,]+ of [\d,]+$/)
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).first().click()
      await page.locator('main h1 ~ .badge[data-status="cancelled"]').waitFor()
      assert.equal((await thresher.analyses.get(idOf(page))).status, 'cancelled')
    }))

  it('is in the list with its status', () =>
    view.see('/analyses', async page => {
      const rows = await cellsOf(page, 'Analyses')
      const { data } = await thresher.analyses.list({ limit: 50 })
      assert.deepEqual(
        rows.map(([, status]) => status),
        data.map(({ status }) => status),
      )
    }))
})
