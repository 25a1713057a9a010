import { EXIT, type ExitCode } from './exit-codes.ts'

/** Ends a command with a message and an exit code. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  /** A code of the service, if it has one for this. */
  readonly code: string | undefined
  /** Lines that say what to do. */
  readonly hints: readonly string[]

  constructor(
    message: string,
    {
      exitCode = EXIT.failed,
      code,
      hints = [],
    }: { exitCode?: ExitCode; code?: string; hints?: string[] } = {},
  ) {
    super(message)
    this.exitCode = exitCode
    this.code = code
    this.hints = hints
  }
}

/** A mistake in the command line. */
export function usageError(message: string, ...hints: string[]): Failure {
  return new Failure(message, { exitCode: EXIT.usage, hints })
}
