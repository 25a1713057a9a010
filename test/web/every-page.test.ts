import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { Thresher } from '@thresher/client'
import { assertAccessible, assertFits, assertKeyboardReaches } from '../support/browser/check-page.ts'
import type { View, Viewer } from '../support/browser/open-view.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

const SMALL_JOB = {
  model: { preset: 'mnist-mlp' },
  validation: { fraction: 0.05 },
  epochs: 2,
} as const
const WITH_TRADEOFF = { ...SMALL_JOB, finish: { tradeoff: true } } as const

/** As long as a name can be, and without a place where a browser would break the line. */
const LONG_NAME = 'n'.repeat(200)

/** The patterns of all pages, from the source of the dashboard. */
const source = await readFile('web/src/app.tsx', 'utf8')
const PATTERNS = [...source.matchAll(/pattern: '([^']+)'/g)].map(([, pattern]) => pattern!)

let dashboard: Dashboard
let key: string
/** Two runs: pages that compare them have words that only screen readers see. */
let jobs: string
/** A record for `:id`, by the pattern of its page; and the query of pages that show chosen records. */
let records: Record<string, string>
const queries: Record<string, () => string> = {
  '/tradeoff': () => `?jobs=${jobs}`,
  '/compare': () => `?jobs=${jobs}`,
  '/analyses/new': () => `?jobs=${jobs}`,
  '/keys': () => '?new=yes',
  '/keys/tenants': () => '?edit=default',
}

before(async () => {
  dashboard = await startDashboard()
  const { url } = dashboard
  const thresher = new Thresher({ url })
  const { id: jobId } = await thresher.jobs.create({ name: LONG_NAME, ...WITH_TRADEOFF })
  const { id: otherId } = await thresher.jobs.create({
    ...{ name: 'other', ...WITH_TRADEOFF, epochs: 1 },
    optimizer: { name: 'adam', learningRate: 0.001 },
  })
  jobs = `${jobId},${otherId}`
  const csv = new Blob(['x,y,label\n1,2,a\n2,1,b\n3,2,a\n2,3,b\n'])
  const dataset = await thresher.datasets.create(
    { name: 'points', format: 'csv', label: 'label', header: true, delimiter: ',' },
    [{ name: 'points.csv', content: csv }],
  )
  const sweep = await thresher.sweeps.create({
    base: { ...SMALL_JOB, epochs: 1 },
    search: { method: 'grid' },
    space: { 'optimizer.mu': [0.51, 0.6] },
    objective: { maximize: 'validationAccuracy' },
  })
  await thresher.jobs.wait(jobId)
  await thresher.jobs.wait(otherId)
  const analysis = await thresher.analyses.create({ kind: 'normRatio', jobs: [jobId, otherId] })
  await thresher.analyses.wait(analysis.id)
  const model = await thresher.models.register({ jobId, name: 'digits' })
  key = (await thresher.keys.create({ name: 'an operator', scopes: ['admin'] })).key
  records = {
    '/jobs/:id': jobId,
    '/datasets/:id': dataset.id,
    '/models/:id': encodeURIComponent(model.id),
    '/sweeps/:id': sweep.id,
    '/analyses/:id': analysis.id,
  }
})
after(() => dashboard.stop())

function pathOf(pattern: string): string {
  return pattern.replace(':id', () => records[pattern]!) + (queries[pattern]?.() ?? '')
}

/** One tab for all pages, which are visited one after the other. */
function everyPage(viewer: Viewer, check: (view: View, path: string) => Promise<void>) {
  let view: View
  before(async () => {
    view = await dashboard.open({ ...viewer, key })
  })
  after(() => view.close())
  for (const pattern of PATTERNS) it(pattern, () => check(view, pathOf(pattern)))
}

describe('every page is accessible and reachable by keyboard', () => {
  everyPage({}, (view, path) =>
    view.see(path, async page => {
      await assertAccessible(page)
      await assertKeyboardReaches(page)
    }),
  )
})

describe('every page is accessible in dark colours, and does not move if the viewer asks for that', () => {
  everyPage({ theme: 'dark', reducedMotion: true }, (view, path) =>
    view.see(path, async page => {
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      assert.ok(brightness(ground) < 60, ground)
      assert.deepEqual(await page.evaluate(() => document.getAnimations().length), 0)
      await assertAccessible(page)
    }),
  )
})

describe('no page scrolls sideways on a tablet of 640 pixels or a screen of 1,280', () => {
  everyPage({ width: 1280 }, (view, path) =>
    view.see(path, async page => {
      await assertFits(page)
      await page.setViewportSize({ width: 640, height: 900 })
      await assertFits(page)
      await page.setViewportSize({ width: 1280, height: 900 })
    }),
  )
})

describe('every page is accessible on a phone of 390 pixels and does not scroll sideways', () => {
  everyPage({ width: 390 }, (view, path) =>
    view.see(path, async page => {
      await assertFits(page)
      await assertAccessible(page)
    }),
  )
})

/** @param colour `rgb(r, g, b)` @returns the mean of the three, 0 to 255 */
function brightness(colour: string): number {
  const parts = colour.match(/\d+/g)!.slice(0, 3).map(Number)
  return parts.reduce((sum, part) => sum + part / 3, 0)
}
