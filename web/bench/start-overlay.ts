import { createServer } from 'vite'

/** Serves the page of web/bench that overlays runs. */
export async function startOverlay(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await createServer({
    root: 'web',
    base: '/',
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0 },
  })
  await server.listen()
  return {
    url: new URL('bench/overlay.html', server.resolvedUrls!.local[0]).href,
    stop: () => server.close(),
  }
}
