import type { Logger } from 'pino'

/** The exit code of a part of `npm start` that would fail the same way again (EX_CONFIG of sysexits.h). */
export const MISCONFIGURED = 78

/**
 * Ends the process because of how it is configured: a part of `npm start` with a code that says so, since a restart would not
 * help, and a process of its own with 1.
 */
export function refuseToStart(logger: Logger, error: Error): never {
  logger.fatal({ err: error }, error.message)
  process.exit(process.send ? MISCONFIGURED : 1)
}
