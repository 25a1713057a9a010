import type { Browser } from 'playwright-core'
import { newPage } from './new-page.ts'

/** The name under which the page keeps its own measurement. */
const PAINTED = 'painted'

/** Milliseconds from the request for the page of a job until its figures and its visible curves are on the screen, without a cache. */
export async function firstPaint(browser: Browser, url: string, epochs: number): Promise<number> {
  const page = await newPage(browser)
  try {
    await page.addInitScript(
      ({ name, total }) => {
        const look = () => {
          const figure = document.querySelector('.figure dd')?.textContent ?? ''
          const curves = document.querySelectorAll('.chart-plot canvas')
          if (!figure.startsWith(String(total)) || curves.length < 2) return requestAnimationFrame(look)
          // The second frame begins after the first one is drawn.
          return requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(name)))
        }
        requestAnimationFrame(look)
      },
      { name: PAINTED, total: epochs },
    )
    await page.goto(url)
    const painted = await page.waitForFunction(
      name => performance.getEntriesByName(name)[0]?.startTime,
      PAINTED,
    )
    return (await painted.jsonValue())!
  } finally {
    await page.context().close()
  }
}
