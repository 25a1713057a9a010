import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPart } from './start-part.ts'

/** The processes of `npm run api` and `npm run worker`, as if on two hosts that share only what `environment` names. */
export async function startApiAndWorker(
  environment: Record<string, string>,
): Promise<{ url: string; stop(): Promise<void> }> {
  const folders = await Promise.all(
    ['api', 'worker'].map(part => mkdtemp(join(tmpdir(), `thresher-${part}-`))),
  )
  const api = await startPart('src/main.ts', { ...environment, DATA_DIR: folders[0]! })
  const worker = await startPart('workers/main.ts', { ...environment, DATA_DIR: folders[1]! })
  return {
    url: api.url,
    async stop() {
      await Promise.all([api.stop(), worker.stop()])
      for (const folder of folders) await rm(folder, { recursive: true, force: true })
    },
  }
}
