import { spawnSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A Chromium without a window. Setup installs one where there is none. @throws Error with the command that installs it */
export async function startChromium(): Promise<Browser> {
  const setup = spawnSync(process.execPath, ['scripts/setup.mjs', 'browser'], { encoding: 'utf8' })
  const executablePath = /^Browser: (.+)$/m.exec(setup.stderr)?.[1]
  if (!executablePath) throw new Error(setup.stderr.trim())
  return await chromium.launch({ executablePath, args: QUIET })
}
