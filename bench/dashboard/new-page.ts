import type { Browser, Page } from 'playwright-core'

/** A page of a new browser profile, with the size of a laptop's screen. */
export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  // tsx names functions with this helper, which functions that run in the page refer to.
  await context.addInitScript('globalThis.__name = named => named')
  return await context.newPage()
}
