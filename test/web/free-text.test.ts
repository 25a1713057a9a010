import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Job, Thresher } from '@thresher/client'
import type { View } from '../support/browser/open-view.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

const LONG = 'N'.repeat(200)
/** Characters after it are shown from right to left. */
const OVERRIDE = '\u202E'

let dashboard: Dashboard
let view: View
let job: Job

before(async () => {
  dashboard = await startDashboard()
  const { jobs } = new Thresher({ url: dashboard.url })
  const model = { preset: 'mnist-mlp' } as const
  job = await jobs.create({ model, epochs: 1, name: LONG, labels: { team: 'L'.repeat(60) } })
  const named = await jobs.create({ model, epochs: 1, name: `a${OVERRIDE}b` })
  await Promise.all([job, named].map(({ id }) => jobs.cancel(id)))
  view = await dashboard.open()
})
after(() => dashboard.stop())

describe('text that somebody chose', () => {
  it('does not push the columns of a table out of sight, and is whole in the tooltip', () =>
    view.see('/jobs', async page => {
      const name = page.locator('.job-name > bdi').nth(1)
      assert.equal(await name.getAttribute('title'), LONG)
      const { width } = (await name.boundingBox())!
      assert.ok(width <= 400, `the name is ${width} pixels wide`)
      const frame = page.locator('.table-frame')
      const [content, visible] = await frame.evaluate(each => [each.scrollWidth, each.clientWidth])
      assert.ok(content! <= visible! * 1.25, `the table has ${content} pixels, ${visible} are visible`)
    }))

  it('is whole on the page of the record, which is no wider than the window', () =>
    view.see(`/jobs/${job.id}`, async page => {
      assert.equal(await page.locator('h1').textContent(), LONG)
      const excess = await page.evaluate(() => document.body.scrollWidth - window.innerWidth)
      assert.ok(excess <= 0, `the page is ${excess} pixels wider than the window`)
    }))

  it('does not change the direction of the text around it', () =>
    view.see('/jobs', async page => {
      const name = page.locator('.job-name > bdi').first()
      assert.equal(await name.evaluate(each => getComputedStyle(each).unicodeBidi), 'isolate')
    }))
})

describe('an address with a mistake', () => {
  for (const [spec, reason] of [
    ['{not', 'This is not JSON'],
    ['[]', 'This is not a JSON object'],
  ] as const)
    it(`shows why the request ${spec} cannot be used, and its text`, () =>
      view.see(`/submit?spec=${encodeURIComponent(spec)}`, async page => {
        await page.getByRole('alert').filter({ hasText: reason }).waitFor()
        assert.equal(await page.locator('textarea[name=json]').inputValue(), spec)
      }))

  it('ignores a status that does not exist', () =>
    view.see('/jobs?status=__proto__', page => page.locator('.job-name').first().waitFor()))

  it('shows the sentence of the service once', async () => {
    await view.page.goto(`${dashboard.url}/ui/jobs?after=x`)
    const notice = view.page.getByRole('alert')
    await notice.waitFor()
    const text = await notice.textContent()
    const sentence = /(?:after|body)\W+(.{8,40})/.exec(text)![1]!
    assert.equal(text.split(sentence).length, 2, text)
    view.faults.length = 0
  })
})
