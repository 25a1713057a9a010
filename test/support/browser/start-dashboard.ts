import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startChromium } from './start-chromium.ts'
import { type Service, startService } from '../start-service.ts'

export interface Visit {
  theme?: 'light' | 'dark'
  reducedMotion?: boolean
  /** CSS pixels. */
  width?: number
  /** A key that the visitor signs in with. */
  key?: string
}

export interface Dashboard extends Pick<Service, 'url'> {
  /**
   * Opens the page at `path` (below /ui) in a new browser profile, and closes it after `look`.
   * @throws Error for errors in the console, uncaught errors, violations of the Content-Security-Policy and answers of 500 or above
   */
  visit(path: string, visit: Visit, look: (page: Page) => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** The real service with a built dashboard, and a browser. */
export async function startDashboard(): Promise<Dashboard> {
  const build = spawnSync(process.execPath, ['scripts/setup.mjs', 'build'], { encoding: 'utf8' })
  if (build.status !== 0) throw new Error(build.stderr)
  const [service, browser] = await Promise.all([startService(), startChromium()])
  return {
    url: service.url,
    visit: (path, visit, look) => visitPage(browser, service.url + path, visit, look),
    async stop() {
      await browser.close()
      await service.stop()
    },
  }
}

async function visitPage(browser: Browser, url: string, visit: Visit, look: (page: Page) => Promise<void>) {
  const { theme = 'light', reducedMotion = false, width = 1280, key } = visit
  const context = await browser.newContext({
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    viewport: { width, height: 900 },
    locale: 'en-GB',
  })
  try {
    const faults = await collectFaults(context)
    const page = await context.newPage()
    await page.goto(key === undefined ? url : `${new URL(url).origin}/ui/`)
    if (key !== undefined) await signIn(page, key, faults)
    if (key !== undefined) await page.goto(url)
    const seeAndLook = async () => {
      await page.locator('main h1').waitFor({ timeout: 10_000 })
      await look(page)
    }
    await seeAndLook().catch(error => keepScreenshot(page, error))
    if (faults.length > 0) throw new Error(`Faults at ${page.url()}:\n${faults.join('\n')}`)
  } finally {
    await context.close()
  }
}

async function collectFaults(context: BrowserContext): Promise<string[]> {
  const faults: string[] = []
  context.on('console', message => {
    if (message.type() === 'error') faults.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', error => faults.push(`uncaught: ${error.error().stack}`))
  context.on('response', answer => {
    if (answer.status() >= 500) faults.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`)
  })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`Content-Security-Policy: ${violatedDirective} blocked ${blockedURI}`),
    )
  })
  return faults
}

/** The page asks for a key once a request without one is refused: those refusals are no faults. */
async function signIn(page: Page, key: string, faults: string[]): Promise<void> {
  await page.getByLabel('Key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  faults.length = 0
}

/** Saves what a failed test saw. @throws the error, with the path of the picture */
async function keepScreenshot(page: Page, error: Error): Promise<never> {
  const folder = process.env.SCREENSHOTS ?? '/tmp'
  await mkdir(folder, { recursive: true })
  const path = join(folder, `failed-${Date.now()}.png`)
  await page.screenshot({ path, fullPage: true }).catch(() => {})
  error.message += `\nScreenshot: ${path}`
  throw error
}
