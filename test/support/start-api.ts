import type { AddressInfo } from 'node:net'
import { createApp } from '#src/app.ts'
import { startWorld, type TestWorld } from './start-world.ts'

export interface Api extends TestWorld {
  url: string
}

/** The api on a port of its own, over a world of its own. */
export async function startApi(options: Parameters<typeof createApp>[1] = {}): Promise<Api> {
  const test = await startWorld()
  const app = await createApp(test.world, options)
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
