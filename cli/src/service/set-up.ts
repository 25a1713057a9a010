import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Failure } from '../failure.ts'
import type { InstalledService } from './find-service.ts'

/** Installs what the service needs and the machine does not have. It shows its progress. @throws Failure if it fails */
export async function setUp({ folder, isCheckout }: InstalledService): Promise<void> {
  const steps = isCheckout ? [] : ['redis', 'engine']
  const setup = join(folder, 'scripts', 'setup.mjs')
  // Standard output is for the addresses.
  const child = spawn(process.execPath, [setup, '--quiet', ...steps], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Failure('The setup of the service has failed: see above.')
}
