import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type InvalidRequestError, type Job, type JobRequest, Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import { formatBytes, formatCount, formatNumber } from '#web/src/format/numbers.ts'
import type { View } from '../support/browser/open-view.ts'
import { smallTraining } from '../support/browser/small-training.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

const GRDA = { name: 'grda', learningRate: 0.1, c: 0.01, mu: 0.6 } as const

let dashboard: Dashboard
let thresher: Thresher
let view: View
let request: JobRequest
let finished: Job

before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  request = { ...(await smallTraining(thresher)), optimizer: GRDA, epochs: 3 }
  finished = await thresher.jobs.wait((await thresher.jobs.create({ ...request, name: 'the first' })).id)
  view = await dashboard.open()
})
after(() => dashboard.stop())

const withRequest = (spec: object) => `/submit?spec=${encodeURIComponent(JSON.stringify(spec))}`
const json = (page: Page) => page.getByLabel('Body of POST /v1/jobs')
const document = async (page: Page) => JSON.parse(await json(page).inputValue())

describe('the form of a job', () => {
  it('shows the message of the service at the field that has the mistake', () =>
    view.see(withRequest(request), async page => {
      const field = page.getByLabel('Learning rate').first()
      await field.fill('-1')
      const refusal: InvalidRequestError = await thresher.jobs
        .plan({ ...request, optimizer: { ...GRDA, learningRate: -1 } })
        .then(
          () => assert.fail('accepted'),
          error => error,
        )
      const [{ path, message }] = refusal.errors as [{ path: string; message: string }]
      assert.equal(path, 'optimizer.learningRate')
      await page.locator('.field', { has: field }).getByText(message, { exact: true }).waitFor()
      assert.equal(await field.getAttribute('aria-invalid'), 'true')
    }))

  it('sends a word where a number belongs, and shows what the service says', () =>
    view.see(withRequest(request), async page => {
      await page.getByLabel('Epochs').first().fill('many')
      await page.locator('.field', { hasText: 'Epochs' }).locator('.field-error').first().waitFor()
      assert.equal((await document(page)).epochs, 'many')
    }))

  it('unfolds the field that has the mistake', () =>
    view.see(
      withRequest({ ...request, optimizer: { ...GRDA, clock: 'minutes' }, maxRestarts: -1 }),
      async page => {
        await page.getByLabel('Max restarts').waitFor()
        await page.getByLabel('Clock').waitFor()
      },
    ))

  it('keeps a required field while it is empty', () =>
    view.see(withRequest({ ...request, validation: { fraction: 0.2 } }), async page => {
      await page.getByText('More settings').click()
      await page.getByLabel('Fraction').fill('')
      await page.getByLabel('Fraction').fill('0.3')
      assert.deepEqual((await document(page)).validation, { fraction: 0.3 })
    }))

  it('and the JSON of the request follow each other', () =>
    view.see(withRequest(request), async page => {
      await page.getByLabel('Epochs').first().fill('7')
      assert.equal((await document(page)).epochs, 7)
      await page.getByLabel('c', { exact: true }).fill('0')
      assert.equal((await document(page)).optimizer.c, 0)
      await json(page).fill(
        JSON.stringify({ ...request, epochs: 9, optimizer: { name: 'adam', learningRate: 0.01 } }),
      )
      assert.equal(await page.getByLabel('Epochs').first().inputValue(), '9')
      assert.equal(await page.locator('select[name="optimizer"] option:checked').textContent(), 'adam')
      await json(page).fill('{ "epochs": 9,, }')
      await page.getByText('This is not JSON').waitFor()
      assert.equal(await page.getByLabel('Epochs').first().inputValue(), '9')
    }))

  it('is not sent while a text is not JSON: the focus moves there, and the text stays', () =>
    view.see(withRequest(request), async page => {
      const { data: before } = await thresher.jobs.list({ limit: 1 })
      for (const [text, why] of [
        ['{ "epochs": 9,, }', /This is not JSON/],
        ['[1]', /must be an object/],
        ['null', /must be an object/],
        ['', /must be an object/],
      ] as const) {
        await json(page).fill(text)
        await page.getByText(why).waitFor()
        await page.getByRole('button', { name: 'Start training' }).click()
        assert.equal(await json(page).evaluate(box => box === globalThis.document.activeElement), true)
        await page.getByLabel('Name', { exact: true }).fill(`with ${text}`)
        assert.equal(await json(page).inputValue(), text)
      }
      assert.deepEqual((await thresher.jobs.list({ limit: 1 })).data[0]!.id, before[0]!.id)
      await page.getByRole('button', { name: 'Discard this text' }).click()
      assert.deepEqual(await document(page), { ...request, name: 'with ' })
    }))

  it('shows no mistake before something is filled in', () =>
    view.see(withRequest({ dataset: request.dataset }), async page => {
      await page.getByText('There is a forecast once the request is complete').waitFor()
      assert.equal(await page.locator('.field-error, .notice.bad').count(), 0)
      await page.getByLabel('Epochs').first().fill('3')
      await page.locator('.field-error').first().waitFor()
    }))

  it('shows the dataset of the preset also for a request with a mistake', () =>
    view.see(withRequest({ model: { preset: 'mnist-mlp' }, epochs: 0 }), async page => {
      await page.locator('.field-error').first().waitFor()
      const chosen = page.getByLabel('Data', { exact: true }).locator('option:checked')
      await page.waitForFunction(() => globalThis.document.body.textContent!.includes('Default: mnist'))
      assert.equal(await chosen.textContent(), 'Default: mnist')
    }))

  it('is in the address: a reload keeps it', () =>
    view.see(withRequest(request), async page => {
      await page.getByLabel('Epochs').first().fill('8')
      await page.waitForURL(/epochs%22%3A8/)
      await page.reload()
      await json(page).waitFor()
      assert.deepEqual(await document(page), { ...request, epochs: 8 })
    }))

  it('starts with the spec of a job that is cloned', () =>
    view.see(`/jobs/${finished.id}`, async page => {
      await page.getByRole('link', { name: 'Clone and edit' }).click()
      assert.deepEqual(await document(page), { name: 'the first', ...finished.spec })
    }))
})

describe('the link to a new job', () => {
  it('leads to the first form also from a filled one', () =>
    view.see(withRequest({ ...request, epochs: 8 }), async page => {
      await page.getByRole('link', { name: 'New job' }).click()
      await page.waitForURL(/mnist-mlp/)
      assert.deepEqual((await document(page)).target, { sparsity: 0.95 })
    }))

  it('does not take a request that is too long for the address, which a reload keeps', () =>
    view.see(withRequest(request), async page => {
      const long = {
        ...request,
        labels: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, 'x'.repeat(200)])),
      }
      await json(page).fill(JSON.stringify(long))
      await page.waitForURL(/\/submit\?kept=yes$/)
      await page.getByLabel('Epochs').first().fill('6')
      assert.deepEqual(await document(page), { ...long, epochs: 6 })
      await page.reload()
      await json(page).waitFor()
      assert.deepEqual(await document(page), { ...long, epochs: 6 })
      await page.getByRole('link', { name: 'New job' }).click()
      await page.waitForURL(/mnist-mlp/)
    }))
})

describe('the dry run beside the form', () => {
  it('shows the figures of the service', () =>
    view.see(withRequest(request), async page => {
      const { plan, memory, queuePosition } = await thresher.jobs.plan(request)
      const figure = (label: string) =>
        page.locator('.figure', { has: page.getByText(label, { exact: true }) })
      await figure('Parameters').getByText(formatCount(plan.parameters)).waitFor()
      await figure('Parameters').getByText(formatBytes(plan.denseBytes)).waitFor()
      await figure('Memory').getByText(formatBytes(memory.neededBytes)).waitFor()
      await figure('Place in the queue').getByText(formatCount(queuePosition)).waitFor()
      for (const [title, key] of [
        ['Learning rate', 'learningRate'],
        ['Threshold', 'threshold'],
      ] as const) {
        await page.getByRole('button', { name: `Table of ${title}` }).click()
        const cells = page.getByRole('table', { name: title }).locator('tbody tr td:nth-child(2)')
        assert.deepEqual(
          await cells.allInnerTexts(),
          plan.epochs.map(epoch => formatNumber(epoch[key])),
        )
      }
    }))

  it('shows the warnings', () =>
    view.see(withRequest({ ...request, optimizer: { ...GRDA, c: 0 } }), async page => {
      const { warnings } = await thresher.jobs.plan({ ...request, optimizer: { ...GRDA, c: 0 } })
      assert.ok(warnings.length > 0)
      for (const { message } of warnings) await page.getByText(message).waitFor()
    }))

  it('of an older request is aborted', () =>
    view.see(withRequest(request), async page => {
      await page.route('**/v1/jobs?dryRun=true', route =>
        route.request().postDataJSON().epochs === 4 ? undefined : route.continue(),
      )
      const aborted = page.waitForEvent('requestfailed', failed => failed.postDataJSON()?.epochs === 4)
      const asked = page.waitForRequest(asked => asked.postDataJSON()?.epochs === 4)
      await page.getByLabel('Epochs').first().fill('4')
      await asked
      await page.getByLabel('Epochs').first().fill('5')
      await aborted
      await page.getByText('Nothing has been spent yet').waitFor()
      await page.unroute('**/v1/jobs?dryRun=true')
    }))
})

describe('submitting', () => {
  it('by keyboard alone starts a real job', () =>
    view.see(withRequest(request), async page => {
      const isAt = (name: string) =>
        page.evaluate(wanted => globalThis.document.activeElement?.getAttribute('name') === wanted, name)
      for (let presses = 0; !(await isAt('epochs')); presses++) {
        assert.ok(presses < 60, 'Tab does not reach the number of epochs')
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('Control+a')
      await page.keyboard.type('2')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/jobs\/job_/)
      const id = new URL(page.url()).pathname.split('/').at(-1)!
      const job = await thresher.jobs.wait(id)
      assert.equal(job.status, 'succeeded')
      assert.equal(job.spec.epochs, 2)
      assert.deepEqual(job.spec.dataset.id, request.dataset!.id)
    }))

  it('an uploaded dataset is chosen for the job', () =>
    view.see(withRequest(request), async page => {
      await page.getByRole('button', { name: 'Upload a dataset' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Files').setInputFiles({
        name: 'notes.py',
        mimeType: 'text/plain',
        buffer: Buffer.from('pass'),
      })
      assert.equal(await dialog.getByLabel('Format').count(), 1)
      const buffer = Buffer.from('x,y,label\n1,2,a\n2,1,b\n3,2,a\n2,3,b\n')
      await dialog.getByLabel('Files').setInputFiles({ name: 'corners.csv', mimeType: 'text/csv', buffer })
      await dialog.getByLabel('Name').fill('corners')
      await dialog.getByRole('button', { name: 'Upload', exact: true }).click()
      await dialog.getByText('is required').waitFor()
      await dialog.getByLabel('Label', { exact: true }).fill('label')
      await dialog.getByRole('button', { name: 'Upload', exact: true }).click()
      await dialog.waitFor({ state: 'hidden' })
      const { id } = (await document(page)).dataset
      const dataset = await thresher.datasets.get(id)
      assert.equal(dataset.name, 'corners')
      assert.deepEqual(dataset.classes, ['a', 'b'])
      assert.equal(await page.getByLabel('Data', { exact: true }).inputValue(), id)
    }))
})
