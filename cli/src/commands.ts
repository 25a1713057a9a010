import type { Command } from 'commander'

export interface CommandEntry {
  /** One line for the list of commands. */
  summary: string
  /** Imports the module of the command, which only `thresher NAME` and the completion need. */
  load(): Promise<{ default: () => Command }>
  /** Not in the list of commands: programs call it. */
  hidden?: true
}

/** Every command, in the order of `thresher --help`. A new one is added here. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  up: { summary: 'start a service on this machine', load: () => import('./commands/up.ts') },
  train: { summary: 'submit a training job', load: () => import('./commands/train.ts') },
  ls: { summary: 'list jobs', load: () => import('./commands/ls.ts') },
  watch: { summary: 'show a job until it has ended', load: () => import('./commands/watch.ts') },
  show: { summary: 'print a job, its metrics, layers and files', load: () => import('./commands/show.ts') },
  logs: { summary: 'print the events of a job', load: () => import('./commands/logs.ts') },
  cancel: { summary: 'cancel jobs', load: () => import('./commands/cancel.ts') },
  pause: { summary: 'pause jobs', load: () => import('./commands/pause.ts') },
  resume: { summary: 'resume paused jobs', load: () => import('./commands/resume.ts') },
  download: { summary: 'download a file of a job, verified', load: () => import('./commands/download.ts') },
  tradeoff: {
    summary: 'print accuracy against sparsity and size',
    load: () => import('./commands/tradeoff.ts'),
  },
  compare: { summary: 'print how jobs differ', load: () => import('./commands/compare.ts') },
  sweep: { summary: 'search over the fields of a job', load: () => import('./commands/sweep.ts') },
  datasets: { summary: 'list, upload and delete datasets', load: () => import('./commands/datasets.ts') },
  models: { summary: 'list, register, ask and delete models', load: () => import('./commands/models.ts') },
  keys: { summary: 'manage the keys of a service', load: () => import('./commands/keys.ts') },
  usage: { summary: 'print what keys have used', load: () => import('./commands/usage.ts') },
  login: { summary: 'store a key for a service', load: () => import('./commands/login.ts') },
  logout: { summary: 'delete the stored key', load: () => import('./commands/logout.ts') },
  doctor: { summary: 'check the connection and this machine', load: () => import('./commands/doctor.ts') },
  mcp: {
    summary: 'serve the Model Context Protocol to an assistant',
    load: () => import('./commands/mcp.ts'),
  },
  completion: {
    summary: 'print a completion script for a shell',
    load: () => import('./commands/completion.ts'),
  },
  complete: {
    summary: 'complete a command line',
    load: () => import('./commands/complete.ts'),
    hidden: true,
  },
}
