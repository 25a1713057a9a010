import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { firstPaint } from '#bench/dashboard/first-paint.ts'
import { newPage } from '#bench/dashboard/new-page.ts'
import { type Frames, panAndZoom } from '#bench/dashboard/pan-and-zoom.ts'
import { processorSeconds } from '#bench/dashboard/processor-seconds.ts'
import { startServer } from '#bench/scale/start-server.ts'
import { startChromium } from '#test/support/browser/start-chromium.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { median } from '#test/support/median.ts'
import { newJob } from '#test/support/new-job.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { storeJob } from '#test/support/store-job.ts'
import { writeSection } from '#test/support/write-section.ts'
import { startOverlay } from '#web/bench/start-overlay.ts'

// The first paint of a long job, and the frame rate of many runs in one chart, in Chromium without a graphics processor:
//   npm run bench -- dashboard

const EPOCHS = 1000
const VISITS = 5

interface Overlay extends Frames {
  /** Processor time of all processes of the browser for a frame, in milliseconds. */
  processor: number
}

const browser = await startChromium()
try {
  const paints = await measurePaints(browser)
  const frames = await measureFrames(browser)
  await writeSection('Dashboard', report(paints, frames))
} finally {
  await browser.close()
}

/** Milliseconds until a finished job with many epochs is on the screen, over the real api and the real WebSocket. */
async function measurePaints(browser: Browser): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-dashboard-'))
  const redis = await startRedis()
  const artifactUrl = pathToFileURL(join(folder, 'blobs')).href
  const stores = await connectDefault({ redisUrl: redis.url, artifactUrl })
  const environment = { REDIS_URL: redis.url, ARTIFACT_URL: artifactUrl, DATA_DIR: folder, LOG_LEVEL: 'warn' }
  const api = await startServer(['src/main.ts'], environment)
  try {
    const { id } = await storeJob(stores, newJob({ epochs: EPOCHS }))
    await startJob(stores, id)
    for (let epoch = 1; epoch <= EPOCHS; epoch++)
      await appendEvent(
        stores,
        id,
        'epoch',
        epochMetrics(epoch, { epochs: EPOCHS, layers: layersAfter(epoch) }),
      )
    await succeed(stores, id)
    const paints: number[] = []
    for (let visit = 0; visit < VISITS; visit++)
      paints.push(await firstPaint(browser, `http://127.0.0.1:${api.port}/ui/jobs/${id}`, EPOCHS))
    return paints
  } finally {
    await api.stop()
    await stores.close()
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function layersAfter(epoch: number) {
  return Array.from({ length: 8 }, (_, index) => ({
    ...{ name: `dense_${index + 1}/kernel`, shape: [512, 512], size: 262_144 },
    nonzero: Math.round(262_144 * Math.exp(-(epoch * (index + 1)) / EPOCHS)),
  }))
}

/** Frames of 50 runs of 1,000 epochs in one chart: with common x, and each with its own. */
async function measureFrames(browser: Browser): Promise<Record<string, Overlay>> {
  const overlay = await startOverlay()
  const measured: Record<string, Overlay> = {}
  try {
    for (const x of ['epoch', 'time']) {
      const page = await newPage(browser)
      await page.goto(`${overlay.url}?${x}`)
      await page.locator('.chart-plot canvas').waitFor()
      await panAndZoom(page, 60)
      const before = await processorSeconds(browser)
      const frames = await panAndZoom(page)
      const seconds = (await processorSeconds(browser)) - before
      measured[x] = { ...frames, processor: (1000 * seconds) / frames.count }
      await page.context().close()
    }
    return measured
  } finally {
    await overlay.stop()
  }
}

function report(paints: readonly number[], frames: Record<string, Overlay>): string {
  const rows = Object.entries(frames).map(
    ([x, { rate, median, p95, processor, count }]) =>
      `| ${x} | ${rate.toFixed(1)} | ${median.toFixed(1)} | ${p95.toFixed(1)} | ${processor.toFixed(1)} | ${count} |`,
  )
  return [
    `\`npm run bench -- dashboard\`: Chromium without a graphics processor, at 1440 × 900. The page of a finished job of ${EPOCHS.toLocaleString('en')} epochs with 8 layers ` +
      `shows its figures and its visible curves ${median(paints).toFixed(0)} ms after its request over loopback (median of ${VISITS} visits without a cache, slowest ` +
      `${Math.max(...paints).toFixed(0)} ms). 50 runs of 1,000 epochs in one chart, moved and scaled in every frame. Load average at the end: ${loadavg()[0]!.toFixed(1)}.`,
    '',
    '| x axis | frames a second | median, ms | p95, ms | processor time of the browser for a frame, ms | frames |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
