import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { Thresher } from '@thresher/client'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

let dashboard: Dashboard
before(async () => {
  dashboard = await startDashboard({ HISTORY_EVENTS: '100' })
})
after(() => dashboard.stop())

it('shows every epoch of a job whose first events were trimmed', async () => {
  const thresher = new Thresher({ url: dashboard.url })
  const request = { model: { preset: 'mnist-mlp' }, validation: { fraction: 0.9 }, epochs: 60 } as const
  const { id } = await thresher.jobs.create(request)
  await thresher.jobs.wait(id)
  const first = await thresher.jobs.events(id)
  assert.ok(first.data.every(event => event.seq !== 3))
  const view = await dashboard.open()
  await view.see(`/jobs/${id}?loss.table=1`, async page => {
    const rows = page.getByRole('table', { name: 'Loss' }).locator('tbody tr')
    await rows.nth(59).waitFor()
    const epochs = await rows.locator('td:first-child').allInnerTexts()
    assert.deepEqual(
      epochs,
      Array.from({ length: 60 }, (_, index) => String(index + 1)),
    )
  })
})
