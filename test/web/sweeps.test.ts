import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Sweep, type SweepRequest, Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import { formatBytes, formatNumber, formatPercent } from '#web/src/format/numbers.ts'
import type { View } from '../support/browser/open-view.ts'
import { smallTraining } from '../support/browser/small-training.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

let dashboard: Dashboard
let thresher: Thresher
let view: View
let request: SweepRequest
let sweep: Sweep

before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  const optimizer = { name: 'grda', learningRate: 0.1, c: 0.01, mu: 0.6 } as const
  request = {
    name: 'three scales',
    base: { ...(await smallTraining(thresher)), optimizer, epochs: 2 },
    search: { method: 'grid' },
    space: { 'optimizer.c': [0.005, 0.05, 0.2] },
  }
  const { id } = await thresher.sweeps.create(request)
  sweep = await ended(id)
  view = await dashboard.open()
})
after(() => dashboard.stop())

/** Resolves with the sweep once it has ended. */
async function ended(id: string): Promise<Sweep> {
  for (;;) {
    const found = await thresher.sweeps.get(id)
    if (found.status === 'finished' || found.status === 'cancelled') return found
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

const trialRows = (page: Page) => page.getByRole('table', { name: 'Trials of the sweep' }).locator('tbody tr')
const cellsOf = async (page: Page) =>
  Promise.all((await trialRows(page).all()).map(row => row.locator('td').allTextContents()))

describe('the page of a sweep', () => {
  it('has the figures of the service for every trial, and its front', () =>
    view.see(`/sweeps/${sweep.id}`, async page => {
      const expected = sweep.trials.map(({ id, status, values, metrics }) => [
        `#${id}`,
        status,
        formatNumber(values['optimizer.c'] as number, 3),
        formatPercent(metrics!.validationAccuracy),
        formatNumber(metrics!.validationLoss),
        formatPercent(metrics!.sparsity),
        formatBytes(metrics!.sparseBytes),
        sweep.front!.includes(id) ? 'yes' : '',
      ])
      assert.deepEqual(await cellsOf(page), expected)
      await page
        .getByText(`On the front: ${sweep.front!.map(id => `#${id}`).join(', ')}`, { exact: false })
        .waitFor()
    }))

  it('selects trials by a brush that the keys move, and keeps it in the address', () =>
    view.see(`/sweeps/${sweep.id}`, async page => {
      const bound = page.getByRole('slider', { name: 'Highest optimizer.c' })
      await bound.focus()
      for (let presses = 0; presses < 6; presses++) await page.keyboard.press('ArrowDown')
      await page.getByText('2 of 3 trials are selected.').waitFor()
      assert.deepEqual(
        (await cellsOf(page)).map(([trial]) => trial),
        ['#0', '#1'],
      )
      await page.waitForURL(/brush=optimizer.c/)
      await page.reload()
      await page.getByText('2 of 3 trials are selected.').waitFor()
      await page.getByRole('button', { name: 'Select all' }).click()
      await page.getByText('3 of 3 trials are selected.').waitFor()
    }))

  it('selects trials by dragging along an axis', () =>
    view.see(`/sweeps/${sweep.id}`, async page => {
      const { x, y, width, height } = (await page.locator('[data-axis="optimizer.c"]').boundingBox())!
      await page.mouse.move(x + width / 2, y - 2)
      await page.mouse.move(x + width / 2, y + 1)
      await page.mouse.down()
      await page.mouse.move(x + width / 2, y + height / 4, { steps: 4 })
      await page.mouse.up()
      await page.getByText('1 of 3 trials are selected.').waitFor()
      assert.deepEqual(
        (await cellsOf(page)).map(([trial]) => trial),
        ['#2'],
      )
      await page.mouse.click(x + width / 2, y + height / 2)
      await page.getByText('3 of 3 trials are selected.').waitFor()
    }))

  it('is found in the list', () =>
    view.see('/sweeps', async page => {
      await page.getByRole('link', { name: 'three scales' }).click()
      await page.waitForURL(new RegExp(sweep.id))
    }))
})

describe('a new sweep', () => {
  const path = (spec: SweepRequest) => `/sweeps/new?spec=${encodeURIComponent(JSON.stringify(spec))}`

  it('is created from the form', () =>
    view.see(path(request), async page => {
      await page.getByLabel('Values').fill('0.01, 0.1')
      await page.getByText('Trials').first().waitFor()
      await page.getByRole('button', { name: 'Start the sweep' }).click()
      await page.waitForURL(/\/sweeps\/sweep_/)
      const id = new URL(page.url()).pathname.split('/').at(-1)!
      const { request: stored, counts } = await ended(id)
      assert.deepEqual(stored.space, { 'optimizer.c': [0.01, 0.1] })
      assert.equal(counts.succeeded, 2)
      await page.getByText('finished').waitFor()
    }))

  it('shows a number out of range while it is typed', () =>
    view.see(path({ ...request, search: { method: 'random', trials: 4 } }), async page => {
      const trials = page.getByLabel('Trials', { exact: true })
      await trials.fill('0')
      await page.getByText('must be at least 1', { exact: true }).waitFor()
      assert.equal(await trials.getAttribute('aria-invalid'), 'true')
      await trials.fill('many')
      await page.getByText('must be a whole number', { exact: true }).waitFor()
      await trials.fill('2')
      assert.equal(await page.locator('.field-error').count(), 0)
    }))

  it('that the service refuses shows its message at the varied field', () =>
    view.see(path(request), async page => {
      await page.getByLabel('Values').fill('0.01, -1')
      await page.getByRole('button', { name: 'Start the sweep' }).click()
      const refused = { ...request, space: { 'optimizer.c': [0.01, -1] } }
      const { errors } = await thresher.sweeps.create(refused).then(
        () => assert.fail('accepted'),
        error => error,
      )
      assert.equal(errors[0].path, 'space.optimizer.c.1')
      await page.locator('.space-row').getByText(errors[0].message, { exact: false }).waitFor()
    }))

  it('is cancelled on its page', () =>
    view.see('/sweeps', async page => {
      const long = { ...request, name: 'long', base: { ...request.base, epochs: 50_000 } }
      const { id } = await thresher.sweeps.create(long)
      await page.goto(`${dashboard.url}/ui/sweeps/${id}`)
      await page.getByRole('button', { name: 'Cancel the sweep' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel the sweep' }).click()
      await page.locator('[data-status="cancelled"]').first().waitFor({ timeout: 60_000 })
      assert.equal((await ended(id)).status, 'cancelled')
    }))
})
