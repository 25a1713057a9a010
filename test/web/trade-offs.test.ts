import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { type ArtifactQuery, type Job, Thresher, type TradeoffPoint } from '@thresher/client'
import type { Page } from 'playwright-core'
import { formatBytes, formatMilliseconds, formatNumber, formatPercent } from '#web/src/format/numbers.ts'
import type { View } from '../support/browser/open-view.ts'
import { smallTraining } from '../support/browser/small-training.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

let dashboard: Dashboard
let thresher: Thresher
let view: View
let measured: Job
let unmeasured: Job
let points: TradeoffPoint[]

before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  const training = await smallTraining(thresher)
  const optimizer = { name: 'grda', learningRate: 0.1, c: 0.01, mu: 0.6 } as const
  const request = { ...training, optimizer, epochs: 4, checkpoint: { keepLatest: 4 } }
  const ids = await Promise.all(
    [true, false].map(async tradeoff => {
      const name = tradeoff ? 'measured' : 'unmeasured'
      return (await thresher.jobs.create({ ...request, name, finish: { tradeoff } })).id
    }),
  )
  ;[measured, unmeasured] = (await Promise.all(ids.map(id => thresher.jobs.wait(id)))) as [Job, Job]
  points = (await thresher.jobs.tradeoff(measured.id)).points
  view = await dashboard.open()
})
after(() => dashboard.stop())

const all = () => `/tradeoff?jobs=${measured.id}&range=all`
const mark = (page: Page, { rule, scope, sparsity }: TradeoffPoint) =>
  page.locator(`[data-point="${measured.id}:${rule}-${scope}-${sparsity}"]`)

/** The SHA-256 of a file as the service names it. */
async function digestOf(query: ArtifactQuery, name = 'model.sparse.safetensors'): Promise<string> {
  const answer = await thresher.jobs.artifact(measured.id, name, query)
  return createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex')
}

async function downloaded(page: Page, act: () => Promise<unknown>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  return createHash('sha256')
    .update(await readFile(await download.path()))
    .digest('hex')
}

/** A cut that no other point of the chart hides. */
function cut(): TradeoffPoint {
  const isClose = (one: TradeoffPoint, other: TradeoffPoint) =>
    Math.abs(one.sparsity - other.sparsity) < 0.01 &&
    Math.abs(one.validationAccuracy! - other.validationAccuracy!) < 0.05
  const alone = points.filter(one => !one.own && points.filter(other => isClose(one, other)).length === 1)
  return alone[Math.floor(alone.length / 2)]!
}

/** The cuts, the trained model once although it stands on several curves, and the three epochs before the last, which have checkpoints. */
function modelCount(measured: readonly TradeoffPoint[]): number {
  return measured.filter(({ own }) => !own).length + 1 + 3
}

describe('a point of the chart', () => {
  it('is downloaded by a click and Enter: exactly the model of the service at that point', () =>
    view.see(all(), async page => {
      const { x, y, width, height } = (await mark(page, cut()).boundingBox())!
      await page.mouse.click(x + width / 2, y + height / 2)
      const { rule, scope, sparsity } = cut()
      await page.locator('.facts').getByText(formatPercent(sparsity), { exact: true }).waitFor()
      const digest = await downloaded(page, () => page.keyboard.press('Enter'))
      assert.equal(digest, await digestOf({ rule, scope, sparsity }))
      await page.getByText(digest).waitFor()
    }))

  it('is chosen and downloaded by keyboard alone', () =>
    view.see(all(), async page => {
      await page.getByRole('listbox').focus()
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      const digest = await downloaded(page, () => page.keyboard.press('Enter'))
      const selected = new URL(page.url()).searchParams.get('model')!
      const last = points.find(({ rule, scope, sparsity }) =>
        selected.endsWith(`${rule}-${scope}-${sparsity}`),
      )!
      assert.equal(last.sparsity, Math.max(...points.map(({ sparsity }) => sparsity)))
      const { rule, scope, sparsity } = last
      assert.equal(digest, await digestOf({ rule, scope, sparsity }))
    }))

  it('of an earlier epoch is downloaded from its checkpoint', () =>
    view.see(`${all()}&model=${measured.id}:epoch-2`, async page => {
      const digest = await downloaded(page, () =>
        page.getByRole('button', { name: 'Download this model' }).click(),
      )
      assert.equal(digest, await digestOf({ checkpoint: 2 }))
    }))

  it('is downloaded in another format', () =>
    view.see(`${all()}&model=${measured.id}:trained`, async page => {
      await page.getByLabel('File').selectOption('model.onnx')
      const digest = await downloaded(page, () =>
        page.getByRole('button', { name: 'Download this model' }).click(),
      )
      assert.equal(digest, await digestOf({}, 'model.onnx'))
    }))
})

describe('the models of a job', () => {
  it('have the figures of the service in the table behind the chart', () =>
    view.see(`${all()}&table=1`, async page => {
      const rows = await page.getByRole('table', { name: 'Figures of all models' }).locator('tbody tr').all()
      const shown = await Promise.all(
        rows.map(async row => (await row.locator('td').allTextContents()).slice(1, 6)),
      )
      const cuts = points.map(({ rule, scope, own, ...point }) => [
        own ? 'trained model' : `cut by ${rule}, ${scope}`,
        formatPercent(point.validationAccuracy),
        formatNumber(point.validationLoss),
        formatPercent(point.sparsity),
        formatBytes(point.sizeBytes.sparse),
      ])
      for (const figures of cuts)
        assert.ok(
          shown.some(row => String(row) === String(figures)),
          String(figures),
        )
      assert.equal(shown.length, modelCount(points))
    }))

  it('have a front, a summary in words and a mark each', () =>
    view.see(all(), async page => {
      assert.equal(await page.locator('[data-point]').count(), modelCount(points))
      await page.getByText(/models, \d+ of them on the Pareto front/).waitFor()
      assert.match((await page.locator('.front').getAttribute('d'))!, /^M/)
    }))

  it('are placed by the time of a prediction, as far as they were timed', () =>
    view.see(`${all()}&x=time&table=1`, async page => {
      const { latency } = await thresher.jobs.tradeoff(measured.id)
      const [own, ...cuts] = [latency!.timings, ...latency!.cuts.map(({ timings }) => timings)]
      assert.equal(await page.locator('[data-point]').count(), cuts.length + 1)
      await page.getByText('3 models have not been timed', { exact: false }).waitFor()
      await mark(page, cut()).waitFor()
      const row = page
        .getByRole('table', { name: 'Figures of all models' })
        .locator('tbody tr')
        .filter({ hasText: 'trained model' })
      await row.getByText(formatMilliseconds(own![0]!.sparseMilliseconds), { exact: true }).first().waitFor()
    }))

  it('are measured by a button where they were not', () =>
    view.see(`/tradeoff?jobs=${unmeasured.id}`, async page => {
      await page.getByText('4 models', { exact: false }).first().waitFor()
      await page.getByRole('button', { name: 'Measure the trade-off of unmeasured' }).click()
      await page.getByText('measured', { exact: true }).waitFor({ timeout: 60_000 })
      const { points } = await thresher.jobs.tradeoff(unmeasured.id)
      await page
        .getByText(`${modelCount(points)} models`, { exact: false })
        .first()
        .waitFor()
    }))
})
