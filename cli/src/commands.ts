import type { Command } from 'commander'

export interface CommandEntry {
  /** One line for the list of commands. */
  summary: string
  /** Imports the module of the command, which only `thresher NAME` and the completion need. */
  load(): Promise<{ default: () => Command }>
}

/** Every command, in the order of `thresher --help`. A new one is added here. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  train: { summary: 'submit a training job', load: () => import('./commands/train.ts') },
  ls: { summary: 'list jobs', load: () => import('./commands/ls.ts') },
  watch: { summary: 'show a job until it has ended', load: () => import('./commands/watch.ts') },
  logs: { summary: 'print the events of a job', load: () => import('./commands/logs.ts') },
  cancel: { summary: 'cancel jobs', load: () => import('./commands/cancel.ts') },
  pause: { summary: 'pause jobs', load: () => import('./commands/pause.ts') },
  resume: { summary: 'resume paused jobs', load: () => import('./commands/resume.ts') },
}
