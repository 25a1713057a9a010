import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Job, Thresher } from '@thresher/client'
import { unzipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { type Service, startService } from '../start-service.ts'
import { startChromium } from './start-chromium.ts'

/** A service that trains models, and a browser that opens their pages from folders. */
export class ModelPages {
  readonly thresher: Thresher
  readonly browser: Browser
  readonly #service: Service
  readonly #folders: string[] = []

  private constructor(service: Service, browser: Browser) {
    this.#service = service
    this.thresher = new Thresher({ url: service.url })
    this.browser = browser
  }

  static async start(): Promise<ModelPages> {
    return new ModelPages(await startService(), await startChromium())
  }

  async stop(): Promise<void> {
    await this.browser.close()
    await this.#service.stop()
    for (const folder of this.#folders) await rm(folder, { recursive: true })
  }

  async trained(request: object): Promise<Job> {
    const { id } = await this.thresher.jobs.create(request as Parameters<Thresher['jobs']['create']>[0])
    return await this.thresher.jobs.wait(id)
  }

  async zipOf(id: string, query = 'runtime'): Promise<Uint8Array> {
    const file = await fetch(`${this.#service.url}/v1/jobs/${id}/artifacts/model.sparse.safetensors?${query}`)
    return new Uint8Array(await file.arrayBuffer())
  }

  /** The files of the zip of a model in a new folder. */
  async unzipped(id: string, query?: string): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'thresher-page-'))
    this.#folders.push(root)
    for (const [name, bytes] of Object.entries(unzipSync(await this.zipOf(id, query)))) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), bytes)
    }
    return root
  }

  /** Opens a page of a folder, and asserts that it asks for no other address and reports no error. */
  async look(
    root: string,
    check: (page: Page) => Promise<unknown>,
    { width = 1000, colorScheme = 'light' as 'light' | 'dark' } = {},
  ): Promise<void> {
    const context = await this.browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      offline: true,
    })
    await context.addInitScript('globalThis.__name = named => named')
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const address = pathToFileURL(join(root, 'index.html')).href
    const faults: string[] = []
    page.on('request', request => {
      const url = request.url()
      if (url !== address && !url.startsWith('blob:') && !url.startsWith('data:')) faults.push(url)
    })
    page.on('console', message => message.type() === 'error' && faults.push(message.text()))
    page.on('pageerror', error => faults.push(error.message))
    await page.goto(address)
    await page.getByText('There is no input yet.').waitFor()
    await check(page)
    await context.close()
    assert.deepEqual(faults, [])
  }

  /** Asserts that the page shows what the service predicts for the same input. */
  async assertSameOutputs(page: Page, id: string): Promise<void> {
    const [shown, expected] = [await shownOutputs(page), await this.#predicted(page, id)]
    for (const [name, value] of Object.entries(shown))
      assert.ok(Math.abs(value - expected[name]!) <= 1e-5, `${name}: ${value} for ${expected[name]}`)
  }

  /** Sends the input that the page shows to the service. @returns the outputs by name */
  async #predicted(page: Page, id: string): Promise<Record<string, number>> {
    const { inputs } = JSON.parse(await page.locator('#inputs').inputValue())
    const { outputs, outputNames } = await this.thresher.jobs.predict(id, { inputs })
    return Object.fromEntries(outputNames.map((name, index) => [name, Number(outputs[0]![index])]))
  }
}

/** The text of the answer. */
export const verdict = (page: Page) => page.locator('.verdict').textContent()

/** The outputs that the page shows, by name. */
export async function shownOutputs(page: Page): Promise<Record<string, number>> {
  const rows = await page
    .locator('#outputs tr')
    .evaluateAll(found =>
      found.map(row => [
        row.querySelector('th')!.textContent,
        Number(row.querySelector<HTMLElement>('[data-value]')!.dataset.value),
      ]),
    )
  return Object.fromEntries(rows)
}
