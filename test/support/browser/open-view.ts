import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'

export interface Viewer {
  theme?: 'light' | 'dark'
  reducedMotion?: boolean
  /** CSS pixels. */
  width?: number
  /** A key to sign in with. */
  key?: string
}

/** A tab of a browser. */
export interface View {
  page: Page
  /** What `see` throws for. A test that causes faults removes them. */
  faults: string[]
  /**
   * Goes to a page of the dashboard (`/jobs`), waits until it has loaded, and calls `look`.
   * @throws Error for errors in the console, uncaught errors, violations of the Content-Security-Policy and answers of 500 or above
   */
  see(path: string, look: (page: Page) => Promise<unknown>): Promise<void>
  close(): Promise<void>
}

/** @param base the address of the dashboard, without a slash at its end */
export async function openView(browser: Browser, base: string, viewer: Viewer = {}): Promise<View> {
  const { theme = 'light', reducedMotion = false, width = 1280, key } = viewer
  const context = await browser.newContext({
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    viewport: { width, height: 900 },
    locale: 'en-GB',
  })
  const faults = await collectFaults(context)
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  if (key !== undefined) {
    await signIn(page, base, key)
    // The page learns that the service needs a key from a refusal, which the browser reports as an error.
    faults.length = 0
  }
  return {
    page,
    faults,
    async see(path, look) {
      try {
        await page.goto(base + path)
        await loaded(page)
        await look(page)
        await loaded(page)
        if (faults.length > 0) throw new Error(`Faults at ${path}:\n${faults.splice(0).join('\n')}`)
      } catch (error) {
        throw await withScreenshot(page, error as Error)
      }
    },
    close: () => context.close(),
  }
}

/** Waits for the content of the page. */
async function loaded(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor()
  await page.locator('.skeleton').first().waitFor({ state: 'detached' })
}

async function collectFaults(context: BrowserContext): Promise<string[]> {
  const faults: string[] = []
  context.on('console', message => {
    const { url } = message.location()
    if (message.type() === 'error' && !isRefusal(message.text(), url))
      faults.push(`console: ${message.text()} (${url})`)
  })
  context.on('weberror', error => faults.push(`uncaught: ${error.error().stack}`))
  context.on('response', answer => {
    if (answer.status() >= 500) faults.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`)
  })
  // The compiler of the tests calls it in functions that the page evaluates.
  await context.addInitScript('globalThis.__name = named => named')
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`Content-Security-Policy: ${violatedDirective} blocked ${blockedURI}`),
    )
  })
  return faults
}

/** A page may ask for what the service refuses: the dry run of a request with a mistake, a trade-off that was not measured yet. */
function isRefusal(text: string, url: string): boolean {
  return url.includes('/v1/') && /status of 4(00|09) /.test(text)
}

async function signIn(page: Page, base: string, key: string): Promise<void> {
  await page.goto(`${base}/datasets`)
  await page.getByLabel('Key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  await loaded(page)
}

/** Saves what a failed test saw. @returns the error, with the path of the picture */
async function withScreenshot(page: Page, error: Error): Promise<Error> {
  const folder = process.env.SCREENSHOTS ?? join(tmpdir(), 'thresher-screenshots')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `failed-${process.pid}-${Date.now()}.png`)
  await page.screenshot({ path, fullPage: true }).catch(() => {})
  error.message += `\nScreenshot: ${path}`
  return error
}
