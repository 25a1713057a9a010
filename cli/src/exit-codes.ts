/** What the exit code of each command means to a script. `thresher --help` and docs/cli.md list them. */
export const EXIT = {
  succeeded: 0,
  failed: 1,
  usage: 2,
  connection: 3,
  cancelled: 4,
  key: 5,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_MEANINGS: readonly [ExitCode, string][] = [
  [EXIT.succeeded, 'success'],
  [EXIT.failed, 'the job has failed, or the command'],
  [EXIT.usage, 'the command line, the spec or an id is not valid'],
  [EXIT.connection, 'the service does not answer'],
  [EXIT.cancelled, 'the job was cancelled'],
  [EXIT.key, 'the key is missing, not valid, or lacks the scope'],
  [EXIT.interrupted, 'interrupted with Ctrl-C; a job that was watched continues'],
]
