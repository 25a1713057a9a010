import type { Command, Option } from 'commander'

export interface Candidate {
  value: string
  description: string
}

export interface Position {
  /** The command that the words name. */
  command: Command
  /** What the word at the cursor may be. */
  candidates: Candidate[]
  /** The name of the argument, or of the option, at the cursor, if it has no fixed values. */
  argument?: string
}

/** What fits at the cursor, whose word is the last of `words` and may be empty or incomplete. */
export function positionOf(program: Command, words: readonly string[]): Position {
  const [before, current] = [words.slice(0, -1), words.at(-1) ?? '']
  let command = program
  let arguments_ = 0
  let open: Option | undefined
  for (const word of before) {
    if (open) open = undefined
    else if (word.startsWith('-')) open = optionOf(command, word)
    else {
      const child = command.commands.find(each => each.name() === word)
      if (child) command = child
      else arguments_++
    }
  }
  if (open) return { command, ...valuesOf(open) }
  if (current.startsWith('-')) return { command, candidates: optionsOf(command) }
  if (command.commands.length > 0) return { command, candidates: commandsOf(command) }
  const all = command.registeredArguments
  const argument = all[arguments_] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
  if (argument?.argChoices)
    return { command, candidates: argument.argChoices.map(value => ({ value, description: '' })) }
  return { command, candidates: [], ...(argument && { argument: argument.name() }) }
}

/** What an option may have as its value; `--dataset <id>` the same as an argument `<dataset>`. */
function valuesOf(option: Option): Omit<Position, 'command'> {
  const candidates = (option.argChoices ?? []).map(value => ({ value, description: '' }))
  return option.long === '--dataset' || option.long === '--sweep'
    ? { candidates, argument: option.attributeName() }
    : { candidates }
}

/** The option that takes the next word as its value, if the word is one. */
function optionOf(command: Command, word: string): Option | undefined {
  return allOptions(command).find(
    option => (option.long === word || option.short === word) && (option.required || option.optional),
  )
}

function optionsOf(command: Command): Candidate[] {
  const options = new Map(allOptions(command).map(({ long, description }) => [long ?? '', description]))
  if (command.parent) options.delete('--version')
  return [...options].map(([value, description]) => ({ value, description }))
}

/** Those of a command and of the commands around it. */
function allOptions(command: Command | null): Option[] {
  return command ? [...command.createHelp().visibleOptions(command), ...allOptions(command.parent)] : []
}

function commandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map(child => ({ value: child.name(), description: child.summary() || child.description() }))
}
