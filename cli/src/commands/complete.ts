import { Command } from 'commander'
import { positionOf } from '../completion/candidates.ts'
import { idsFor } from '../completion/ids.ts'
import { action, type Context } from '../context.ts'
import { harmless } from '../terminal/text.ts'

/** The command that the scripts of `thresher completion` call: a line for each candidate, with its description after a tab. */
export default function complete(): Command {
  const command = new Command().description('Completes a command line.').argument('[words...]')
  // The program has loaded the commands that the words name.
  return command.action(action((context: Context, words: string[]) => run(context, command.parent!, words)))
}

async function run({ thresher, out }: Context, program: Command, words: string[]): Promise<void> {
  const { candidates, argument } = positionOf(program, words)
  const ids = argument === undefined ? [] : await idsFor(argument, thresher)
  const current = words.at(-1) ?? ''
  for (const { value, description } of [...candidates, ...ids])
    if (value.startsWith(current)) out.write(`${harmless(value)}\t${harmless(description)}\n`)
}
