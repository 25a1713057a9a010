import { Command } from 'commander'
import { COMMANDS } from './commands.ts'
import { keyOption, urlOption } from './connection.ts'
import { EXIT_MEANINGS } from './exit-codes.ts'

declare const THRESHER_VERSION: string

/** The whole command line. Only the commands that `arguments_` names are loaded; the others have their summary. */
export async function createProgram(arguments_: readonly string[]): Promise<Command> {
  const program = new Command('thresher')
    .description('Trains sparse models with a Thresher service.')
    .version(THRESHER_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print the help of a command')
    .addOption(urlOption)
    .addOption(keyOption)
    .option('--json', 'print JSON: one document, or one line for each item of a stream')
    .option('--no-color', 'print without colours, as with NO_COLOR')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('`thresher --help` lists commands and options.')
    .showSuggestionAfterError()
    .addHelpText('after', `\n${exitCodes()}`)
    .exitOverride()
    // An error is reported as JSON then, by `reportError`.
    .configureOutput(arguments_.includes('--json') ? { writeErr: () => {} } : {})
  for (const [name, { summary, load, hidden = false }] of Object.entries(COMMANDS)) {
    const command = arguments_.includes(name) ? (await load()).default() : new Command()
    program.addCommand(command.name(name).summary(summary), { hidden })
    inherit(command, program)
  }
  return program
}

/** Commander copies the settings of a program only to commands that are made with it. */
function inherit(command: Command, program: Command): void {
  command.copyInheritedSettings(program)
  for (const child of command.commands) inherit(child, program)
}

function exitCodes(): string {
  return [
    'Exit codes:',
    ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`),
  ].join('\n')
}
