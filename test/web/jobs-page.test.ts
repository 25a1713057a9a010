import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Job, Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import { formatPercent } from '#web/src/format/numbers.ts'
import type { View } from '../support/browser/open-view.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

const SMALL = { model: { preset: 'mnist-mlp' }, validation: { fraction: 0.9 } } as const

let dashboard: Dashboard
let thresher: Thresher
let view: View
let short: Job
let other: Job

before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  const create = (name: string, team: string, epochs: number) =>
    thresher.jobs.create({ ...SMALL, name, labels: { team }, epochs })
  const [first, second] = [await create('alpha', 'vision', 1), await create('beta', 'speech', 2)]
  short = await thresher.jobs.wait(first.id)
  other = await thresher.jobs.wait(second.id)
  view = await dashboard.open()
})
after(() => dashboard.stop())

const names = (page: Page) => page.locator('.job-name').allInnerTexts()

/** Presses Tab until the element with the name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      return element.getAttribute('aria-label') ?? element.textContent
    })
    if (focused?.trim() === name) return
  }
  assert.fail(`Tab does not reach ${name}`)
}

describe('the list of jobs', () => {
  it('shows the figures of the API, newest first', () =>
    view.see('/jobs', async page => {
      const rows = await page
        .getByRole('row')
        .filter({ has: page.locator('td') })
        .all()
      assert.equal(rows.length, 2)
      for (const [index, job] of [other, short].entries()) {
        const cells = await rows[index]!.locator('td').allInnerTexts()
        const { sparsity, validationAccuracy } = job.metrics!
        assert.ok(cells[1]!.includes(job.name!))
        assert.deepEqual(cells.slice(2, 6), [
          'succeeded',
          `${job.progress.epochs} of ${job.progress.epochs}`,
          formatPercent(sparsity),
          formatPercent(validationAccuracy),
        ])
      }
    }))

  it('is sorted by its headers, and the address keeps the order', () =>
    view.see('/jobs', async page => {
      await page.getByRole('button', { name: 'Accuracy' }).click()
      await page.waitForURL(/sort=validationAccuracy/)
      const best = [short, other].toSorted(
        (first, second) => second.metrics!.validationAccuracy! - first.metrics!.validationAccuracy!,
      )
      await page.waitForFunction(
        name => document.querySelector('.job-name')!.textContent === name,
        best[0]!.name!,
      )
      const sorted = await page.getByRole('columnheader', { name: 'Accuracy' }).getAttribute('aria-sort')
      assert.equal(sorted, 'descending')
    }))

  it('is filtered by status, name, label, dataset and preset, as the address says', async () => {
    for (const [query, expected] of [
      ['name=al', ['alpha']],
      ['label=team=speech', ['beta']],
      ['status=succeeded&preset=mnist-mlp&dataset=mnist', ['beta', 'alpha']],
      ['status=running', []],
    ] as const)
      await view.see(`/jobs?${query}`, async page => assert.deepEqual(await names(page), expected, query))
  })

  it('passes the selected jobs to the comparison', () =>
    view.see('/jobs', async page => {
      await page.getByLabel('Select alpha').check()
      await page.getByLabel('Select beta').check()
      const href = await page
        .getByRole('region', { name: 'Selected jobs' })
        .getByText('Compare')
        .getAttribute('href')
      assert.equal(href, `/ui/compare?jobs=${short.id},${other.id}`)
    }))
})

describe('live jobs', () => {
  it('appear in the list, move and end without a reload', () =>
    view.see('/jobs', async page => {
      const { id } = await thresher.jobs.create({ ...SMALL, name: 'moving', epochs: 30 })
      const row = page.getByRole('row').filter({ hasText: 'moving' })
      await row.locator('[data-status="running"]').waitFor()
      await row.getByRole('progressbar').waitFor()
      await thresher.jobs.cancel(id)
      await row.locator('[data-status="cancelled"]').waitFor()
    }))

  it('are cancelled together with the keyboard alone', async () => {
    const create = (name: string) => thresher.jobs.create({ ...SMALL, name, epochs: 5000 })
    const long = [await create('long one'), await create('long two')]
    await view.see('/jobs', async page => {
      await tabTo(page, 'Select long two')
      await page.keyboard.press('Space')
      await tabTo(page, 'Select long one')
      await page.keyboard.press('Space')
      await page.getByText('2 selected').waitFor()
      await page.evaluate(() => (document.activeElement as HTMLElement).blur())
      await tabTo(page, 'Cancel 2 jobs')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await tabTo(page, 'Cancel 2 jobs')
      await page.keyboard.press('Enter')
      await page.locator('[data-status="cancelled"]').nth(1).waitFor()
    })
    for (const { id } of long) assert.equal((await thresher.jobs.wait(id)).status, 'cancelled')
  })
})
