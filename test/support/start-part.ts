import { spawn } from 'node:child_process'
import { endChild, endWithTests } from './end-with-tests.ts'
import { programArguments } from './program-arguments.ts'
import { freePort, ready } from './start-service.ts'

/** One of the parts that `npm run api` and `npm run worker` start, on a free port. */
export async function startPart(
  entry: 'src/main.ts' | 'workers/main.ts' | 'dist/src/main.js',
  environment: Record<string, string>,
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const port = await freePort()
  const program = entry.endsWith('.ts') ? programArguments(entry) : [entry]
  const child = endWithTests(
    spawn(process.execPath, program, {
      env: { ...process.env, ...environment, PORT: String(port), LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  )
  const url = `http://127.0.0.1:${port}`
  if (entry !== 'workers/main.ts') await ready(url, child)
  return {
    url,
    pid: child.pid!,
    async stop() {
      await endChild(child)
    },
  }
}
