import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import type { View } from '../support/browser/open-view.ts'
import { assertShows, cellsOf, termsOf } from '../support/browser/shown.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

const FORBIDDEN = /status of 403/

let dashboard: Dashboard
let admin: Thresher
let view: View
before(async () => {
  dashboard = await startDashboard()
  view = await dashboard.open()
  const { id } = await new Thresher({ url: dashboard.url }).jobs.create({
    model: { preset: 'mnist-mlp' },
    validation: { fraction: 0.9 },
    epochs: 1,
  })
  await new Thresher({ url: dashboard.url }).jobs.wait(id)
})
after(async () => {
  await view.close()
  await dashboard.stop()
})

/** Fills the form for a key and sends it. @returns the text of the key */
async function createKey(page: Page, name: string, scope: string): Promise<string> {
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Scope').selectOption(scope)
  await page.getByText('Quotas of this key').click()
  await page.getByLabel('Waiting jobs').fill('7')
  await page.getByRole('button', { name: 'Create the key' }).click()
  return await page.getByLabel('Text of the key').inputValue()
}

describe('the pages of administrators', () => {
  it('create the first key of a service, show it once and sign in with it', async () => {
    await view.see('/keys', async page => {
      const text = await createKey(page, 'the operator', 'admin')
      assert.match(text, /^thr_/)
      admin = new Thresher({ url: dashboard.url, key: text })
      const { data } = await admin.keys.list()
      assert.deepEqual(
        data.map(({ name, scopes, quotas }) => ({ name, scopes, quotas })),
        [{ name: 'the operator', scopes: ['admin'], quotas: { queuedJobs: 7 } }],
      )
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      await page.getByRole('cell', { name: 'the operator' }).waitFor()
    })
    await view.see('/keys', async page => {
      await page.getByRole('cell', { name: 'the operator' }).waitFor()
      assert.equal(await page.getByLabel('Text of the key').count(), 0)
    })
  })

  it('explain which field of a key is wrong', async () => {
    await view.see('/keys?new=yes', async page => {
      await page.getByLabel('Name').fill('late')
      await page.getByLabel('Expires').fill('2001-01-01T00:00')
      await page.getByRole('button', { name: 'Create the key' }).click()
      await page.locator('.field', { hasText: 'Expires' }).getByText('must be in the future').waitFor()
      assert.equal(await page.getByLabel('Expires').getAttribute('aria-invalid'), 'true')
      view.faults.length = 0
    })
  })

  it('revoke a key after a question', async () => {
    const { id } = await admin.keys.create({ name: 'a laptop', scopes: ['read'] })
    await view.see('/keys', async page => {
      const row = page.getByRole('row', { name: /a laptop/ })
      await row.getByRole('button', { name: 'Revoke' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
      // The dialog is a part of the row and has a button of the same name.
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      assert.equal((await admin.keys.get(id)).revokedAt, undefined)
      await row.getByRole('button', { name: 'Revoke' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
      await row.getByText('revoked').waitFor()
      assert.ok((await admin.keys.get(id)).revokedAt)
    })
  })

  it('change the quotas and the weight of a tenant, and keep its retention', async () => {
    await admin.tenants.set('default', { expiresAfterSeconds: { checkpoints: 86_400 } })
    await view.see('/keys/tenants', async page => {
      await page.getByRole('button', { name: 'Edit default' }).click()
      await page.getByLabel('Weight').fill('2.5')
      await page.getByLabel('Running jobs').fill('3')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('cell', { name: '2.5' }).waitFor()
      assert.deepEqual(await admin.tenants.get('default'), {
        tenant: 'default',
        quotas: { runningJobs: 3 },
        weight: 2.5,
        expiresAfterSeconds: { checkpoints: 86_400 },
      })
    })
  })

  it('list the audit records of the API, also by operation', async () => {
    await view.see('/keys/audit?operation=createKey', async page => {
      const { data } = await admin.audit.list({ operation: 'createKey' })
      const rows = await cellsOf(page, 'Requests')
      assert.deepEqual(
        rows.map(cells => cells.at(-1)),
        data.map(({ requestId }) => requestId),
      )
      assert.ok(rows.every(([, request]) => request!.startsWith('createKey')))
    })
  })

  it('show the usage of the API', async () => {
    await view.see('/usage?of=examplesTrained', async page => {
      const { data, totals } = await admin.usage.list({ limit: 200 })
      const shown = await termsOf(page)
      assertShows(shown['Jobs submitted'], totals.jobs, 'the jobs')
      assertShows(shown['Examples trained'], totals.examplesTrained, 'the examples')
      const rows = await cellsOf(page, 'Usage by hour and key')
      const trained = (cells: string[]) => Number(cells[4]!.replaceAll(',', ''))
      assert.deepEqual(
        rows.map(trained),
        data.map(({ examplesTrained }) => examplesTrained),
      )
      const summary = await page.getByRole('img').getAttribute('aria-label')
      assert.match(
        summary!,
        /^Examples trained by hour: at most [\d,]+, from .*; more than 0 in \d+ of 25\.$/,
      )
    })
  })
})

describe('a viewer without the scope admin', () => {
  let reader: View
  let keyId: string
  before(async () => {
    const { id, key } = await admin.keys.create({ name: 'a reader', scopes: ['read'] })
    keyId = id
    reader = await dashboard.open({ key })
  })
  after(() => reader.close())

  for (const path of ['/keys', '/keys/tenants', '/keys/audit'])
    it(`reads on ${path} why it shows nothing`, async () => {
      await reader.see(path, async page => {
        await page.getByText(/Your key does not show/).waitFor()
        await page.getByText(/needs a key with the scope "admin"; this key has "read"/).waitFor()
        assert.ok(
          reader.faults.every(fault => FORBIDDEN.test(fault)),
          reader.faults.join('\n'),
        )
        reader.faults.length = 0
      })
    })

  it('sees its own usage', async () => {
    await reader.see('/usage', async page => {
      const keys = (await cellsOf(page, 'Usage by hour and key')).map(([, key]) => key)
      assert.deepEqual([...new Set(keys)], [keyId])
    })
  })
})
