import { Thresher } from '@thresher/client'
import type { Command } from 'commander'
import { type Connection, resolveConnection } from './connection.ts'
import type { ExitCode } from './exit-codes.ts'
import { patientFetch } from './patient-fetch.ts'
import { openTerminal, type Terminal } from './terminal/terminal.ts'

/** What a command works with. */
export interface Context extends Terminal {
  thresher: Thresher
  connection: Connection
}

async function contextOf(command: Command): Promise<Context> {
  const connection = await resolveConnection(command.optsWithGlobals())
  const fetch = patientFetch(connection.url)
  return { ...terminalOf(command), thresher: new Thresher({ ...connection, fetch }), connection }
}

function terminalOf(command: Command): Terminal {
  const { color, json } = command.optsWithGlobals()
  return openTerminal([...(color ? [] : ['--no-color']), ...(json ? ['--json'] : [])])
}

type Action<C, A extends unknown[]> = (context: C, ...args: A) => Promise<ExitCode> | Promise<void>
type CommanderAction<A extends unknown[]> = (...args: [...A, Command]) => Promise<void>

/** A commander action: calls the command with its context, arguments and options, and sets the exit code that it returns. */
export function action<A extends unknown[]>(run: Action<Context, A>): CommanderAction<A> {
  return actionIn(contextOf, run)
}

/** The action of a command that uses no service: what `thresher login` has stored may be damaged. */
export function localAction<A extends unknown[]>(run: Action<Terminal, A>): CommanderAction<A> {
  return actionIn(terminalOf, run)
}

function actionIn<C, A extends unknown[]>(
  open: (command: Command) => C | Promise<C>,
  run: Action<C, A>,
): CommanderAction<A> {
  return async (...args) => {
    const command = args.at(-1) as Command
    const code = await run(await open(command), ...(args.slice(0, -1) as A))
    if (code) process.exitCode = code
  }
}
