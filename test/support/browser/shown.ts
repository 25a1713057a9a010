import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** The text of every cell of a table, by row, without its header. */
export async function cellsOf(page: Page, caption: string): Promise<string[][]> {
  const rows = page.getByRole('table', { name: caption, exact: true }).locator('tbody tr')
  return await rows.evaluateAll(found =>
    found.map(row => [...(row as HTMLTableRowElement).cells].map(cell => cell.textContent!.trim())),
  )
}

/** The values of lists of terms and values (`dl`), by term. */
export async function termsOf(page: Page): Promise<Record<string, string>> {
  const pairs = await page
    .locator('main dt')
    .evaluateAll(terms =>
      terms.map(term => [term.textContent!.trim(), term.nextElementSibling!.textContent!.trim()]),
    )
  return Object.fromEntries(pairs)
}

const UNITS: Record<string, number> = { '%': 0.01, kB: 1e3, MB: 1e6, GB: 1e9 }

/** Asserts that a text such as `95.12 %`, `1.07 MB` or `266,610` is `value`, rounded to the digits that it shows. */
export function assertShows(text: string | undefined, value: number, what: string): void {
  const [, digits, unit] = /^(-?[\d,.]+(?:e[+-]\d+)?)(?: ?(%|kB|MB|GB)| B)?(?:\s|$)/.exec(text ?? '') ?? []
  assert.ok(digits, `${what} shows "${text}", which is no figure; it is ${value}`)
  const plain = digits.replaceAll(',', '')
  const scale = UNITS[unit ?? ''] ?? 1
  const [mantissa, exponent = '0'] = plain.split('e')
  const decimals = mantissa!.split('.')[1]?.length ?? 0
  const lastDigit = 10 ** (Number(exponent) - decimals) * scale
  const difference = Math.abs(Number(plain) * scale - value)
  assert.ok(difference <= lastDigit * 0.5001, `${what} shows "${text}"; it is ${value}`)
}
