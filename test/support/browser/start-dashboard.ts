import { spawnSync } from 'node:child_process'
import type { Browser } from 'playwright-core'
import { type Service, startService } from '../start-service.ts'
import { openView, type View, type Viewer } from './open-view.ts'
import { startChromium } from './start-chromium.ts'

export interface Dashboard extends Pick<Service, 'url' | 'pid'> {
  /** A new browser profile. */
  open(viewer?: Viewer): Promise<View>
  stop(): Promise<void>
}

/** The real service with a built dashboard, and a browser. @param environment settings of the service */
export async function startDashboard(environment: Record<string, string> = {}): Promise<Dashboard> {
  const build = spawnSync(process.execPath, ['scripts/setup.mjs', 'build'], { encoding: 'utf8' })
  if (build.status !== 0) throw new Error(build.stderr)
  const [service, browser] = await startBoth(environment)
  return {
    url: service.url,
    pid: service.pid,
    open: viewer => openView(browser, `${service.url}/ui`, viewer),
    async stop() {
      await browser.close()
      await service.stop()
    },
  }
}

/** Starts neither if one fails. */
async function startBoth(environment: Record<string, string>): Promise<[Service, Browser]> {
  const browser = await startChromium()
  try {
    return [await startService(undefined, environment), browser]
  } catch (error) {
    await browser.close()
    throw error
  }
}
