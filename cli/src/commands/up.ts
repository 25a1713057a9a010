import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { Thresher } from '@thresher/client'
import { Command, InvalidArgumentError } from 'commander'
import { localAction } from '../context.ts'
import { examples } from '../examples.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { printJson, printLines } from '../print.ts'
import { findService } from '../service/find-service.ts'
import { RunningService } from '../service/run-service.ts'
import { setUp } from '../service/set-up.ts'
import type { Terminal } from '../terminal/terminal.ts'

const DEFAULT_PORT = 3000
const CHECK_MS = 3_000

export default function up(): Command {
  return new Command()
    .description('Starts a service on this machine: api, worker, Redis and dashboard. Ctrl-C ends it.')
    .option('-p, --port <port>', 'port on the loopback interface', parsePort, DEFAULT_PORT)
    .option(
      '-d, --data-dir <folder>',
      'folder of its data; by default .thresher in a checkout, else ~/.local/share/thresher',
    )
    .addHelpText('after', examples('thresher up', 'thresher up --port 4000 --data-dir /data/thresher'))
    .action(localAction(run))
}

async function run(
  context: Terminal,
  { port, dataDir }: { port: number; dataDir?: string },
): Promise<ExitCode> {
  const url = `http://127.0.0.1:${port}`
  const thresher = new Thresher({ url })
  await checkPort(port, thresher)
  const service = findService()
  if (!service) throw notInstalled()
  await setUp(service)
  const folder = resolve(dataDir ?? process.env.DATA_DIR ?? service.dataDir)
  const { err, errColors, json } = context
  const running = new RunningService(service, { port, dataDir: folder }, line =>
    err.write(`${errColors.dim(line)}\n`),
  )
  const stop = () => {
    err.write(errColors.dim('\nStopping. Running jobs continue at the next start.\n'))
    running.stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  await running.ready(thresher)
  if (json) printJson(context, { url, dashboard: `${url}/ui`, documentation: `${url}/docs`, dataDir: folder })
  else printLines(context, addresses(url, folder, context))
  return (await running.ended()) === 0 ? EXIT.succeeded : EXIT.failed
}

/** @throws Failure if the port is taken, which is better than the error of the api later */
async function checkPort(port: number, thresher: Thresher): Promise<void> {
  const { url } = thresher
  const hints = ['--port chooses another port.']
  const code = await refusal(port)
  if (code === undefined) return
  if (code !== 'EADDRINUSE') throw new Failure(`Port ${port} cannot be used: ${code}.`, { hints })
  const hasAnswered = await thresher.health.live({ retries: 0, timeoutMs: CHECK_MS }).then(
    () => true,
    () => false,
  )
  const message = hasAnswered
    ? `A service answers at ${url} already.`
    : `Another program uses port ${port}, and it does not answer as a service.`
  throw new Failure(message, { hints })
}

/** The code of the error with which the system refuses a port to a new program. */
async function refusal(port: number): Promise<string | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
  server.close()
  await once(server, 'close')
  return undefined
}

function addresses(url: string, folder: string, { outColors: { bold, dim, green } }: Terminal): string[] {
  const option = url.endsWith(`:${DEFAULT_PORT}`) ? '' : ` --url ${url}`
  return [
    `${green('✓')} The service is ready. Ctrl-C ends it.`,
    '',
    `  ${dim('dashboard')}  ${bold(`${url}/ui`)}`,
    `  ${dim('api')}        ${url}`,
    `  ${dim('reference')}  ${url}/docs`,
    `  ${dim('data')}       ${folder}`,
    '',
    dim('In another terminal:'),
    `  thresher train mnist-mlp --sparsity 0.95 --watch${option}`,
    '',
  ]
}

function notInstalled(): Failure {
  return new Failure('There is no service on this machine to start.', {
    hints: [
      'Run this command in a checkout of the repository, or install the service beside thresher:',
      '  npm install --ignore-scripts @thresher/service',
      'To use a service that runs elsewhere, name its address with --url or THRESHER_URL.',
    ],
  })
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It must be a number from 1 to 65535.')
  return port
}
