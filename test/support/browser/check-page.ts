import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** Asserts that axe finds no violation of WCAG 2.2 AA and of its best practices. */
export async function assertAccessible(page: Page): Promise<void> {
  // An animation gives colours between two states. One that never ends is removed.
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY) animation.cancel()
      else animation.finish()
  })
  await page.evaluate(AXE)
  const violations = await page.evaluate(
    async () => (await (globalThis as never as { axe: typeof axe }).axe.run()).violations,
  )
  const described = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join('\n')}`,
  )
  assert.deepEqual(described, [], page.url())
}

/** Asserts that the page does not scroll sideways once its charts have taken their new size, which is a frame after the window. */
export async function assertFits(page: Page): Promise<void> {
  const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth
  await page.waitForFunction(fits, undefined, { timeout: 5_000 }).catch(() => {})
  const { wide, content } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { wide: clientWidth, content: scrollWidth }
  })
  assert.ok(content <= wide, `${page.url()} is ${content} px wide on a screen of ${wide} px`)
}

/** Asserts that Tab reaches every control and every link of the page, and that each shows the focus. */
export async function assertKeyboardReaches(page: Page): Promise<void> {
  const controls = await page.evaluate(() => {
    const selector =
      'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea, summary, [tabindex="0"]'
    // Of a group of radio buttons, Tab reaches one; the arrow keys choose.
    const isOne = (element: Element) =>
      !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked)
    const all = [...document.querySelectorAll<HTMLElement>(selector)].filter(
      element => isOne(element) && element.checkVisibility({ visibilityProperty: true }),
    )
    for (const [index, element] of all.entries()) element.dataset.control = String(index)
    ;(document.activeElement as HTMLElement | null)?.blur()
    return all.map(element => element.outerHTML.slice(0, 120))
  })
  const reached = new Set<string>()
  const unmarked: string[] = []
  // Tab also stops at each part of a date.
  for (let presses = 0; presses < 2 * controls.length + 20 && reached.size < controls.length; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const { outlineStyle, boxShadow } = getComputedStyle(element)
      // The browser marks the part of a date that has the focus.
      const isDate = element.matches('[type^="date"]')
      return {
        control: element.dataset.control,
        isMarked: outlineStyle !== 'none' || boxShadow !== 'none' || isDate,
      }
    })
    if (focused.control === undefined) continue
    reached.add(focused.control)
    if (!focused.isMarked) unmarked.push(controls[Number(focused.control)]!)
  }
  const missed = controls.filter((_, index) => !reached.has(String(index)))
  assert.deepEqual({ missed, unmarked }, { missed: [], unmarked: [] }, page.url())
}
