import { resolve } from 'node:path'
import { Thresher } from '@thresher/client'
import { Command, InvalidArgumentError } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { printJson, printLines } from '../print.ts'
import { findService } from '../service/find-service.ts'
import { RunningService } from '../service/run-service.ts'
import { setUp } from '../service/set-up.ts'

const DEFAULT_PORT = 3000

export default function up(): Command {
  return new Command()
    .description('Starts a service on this machine: api, worker, Redis and dashboard. Ctrl-C ends it.')
    .option('-p, --port <port>', 'port on the loopback interface', parsePort, DEFAULT_PORT)
    .option(
      '-d, --data-dir <folder>',
      'folder of its data; by default .thresher in a checkout, else ~/.local/share/thresher',
    )
    .addHelpText('after', examples('thresher up', 'thresher up --port 4000 --data-dir /data/thresher'))
    .action(action(run))
}

async function run(
  context: Context,
  { port, dataDir }: { port: number; dataDir?: string },
): Promise<ExitCode> {
  const url = `http://127.0.0.1:${port}`
  const thresher = new Thresher({ url })
  if (await answers(thresher))
    throw new Failure(`A service answers at ${url} already.`, { hints: ['--port chooses another port.'] })
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

async function answers(thresher: Thresher): Promise<boolean> {
  return await thresher.health.live({ retries: 0 }).then(
    () => true,
    () => false,
  )
}

function addresses(url: string, folder: string, { outColors: { bold, dim, green } }: Context): string[] {
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
