import { Thresher } from '@thresher/client'
import type { Command } from 'commander'
import { type Connection, resolveConnection } from './connection.ts'
import type { ExitCode } from './exit-codes.ts'
import { openTerminal, type Terminal } from './terminal/terminal.ts'

/** What a command works with. */
export interface Context extends Terminal {
  thresher: Thresher
  connection: Connection
}

async function contextOf(command: Command): Promise<Context> {
  const options = command.optsWithGlobals()
  const connection = await resolveConnection(options)
  return {
    ...openTerminal([...(options.color ? [] : ['--no-color']), ...(options.json ? ['--json'] : [])]),
    thresher: new Thresher(connection),
    connection,
  }
}

type Action<A extends unknown[]> = (context: Context, ...args: A) => Promise<ExitCode> | Promise<void>

/** A commander action: calls the command with its context, arguments and options, and sets the exit code that it returns. */
export function action<A extends unknown[]>(run: Action<A>): (...args: [...A, Command]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command
    const code = await run(await contextOf(command), ...(args.slice(0, -1) as A))
    if (code) process.exitCode = code
  }
}
