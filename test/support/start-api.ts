import type { AddressInfo } from 'node:net'
import { createApp } from '#src/app.ts'
import { startStores, type TestStores } from './start-stores.ts'

type ApiOptions = Parameters<typeof createApp>[2] & { adminKey?: string; historyEvents?: number }

export interface Api extends TestStores {
  url: string
}

/** The api on a port of its own, over a stores of its own. */
export async function startApi({ adminKey, historyEvents, ...options }: ApiOptions = {}): Promise<Api> {
  const test = await startStores(historyEvents === undefined ? {} : { historyEvents })
  if (adminKey !== undefined) await test.stores.keys.setAdminKey(adminKey)
  const app = await createApp(test.stores, test.children, { hasKeys: adminKey !== undefined, ...options })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    ...test,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await app.close()
      await test.stop()
    },
  }
}
