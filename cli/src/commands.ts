import type { Command } from 'commander'

export interface CommandEntry {
  /** One line for the list of commands. */
  summary: string
  /** Imports the module of the command, which only `thresher NAME` and the completion need. */
  load(): Promise<{ default: () => Command }>
}

/** Every command, in the order of `thresher --help`. A new one is added here. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  ls: { summary: 'list jobs, newest first', load: () => import('./commands/ls.ts') },
}
