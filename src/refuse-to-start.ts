import type { Logger } from 'pino'

/** The exit code of a part of `npm start` that would fail again if it were restarted (EX_CONFIG of sysexits.h). */
export const MISCONFIGURED = 78

/**
 * Ends the process because its configuration is wrong. A part of `npm start` ends with MISCONFIGURED, so that it is not restarted; a
 * process that was started by itself ends with 1.
 */
export function refuseToStart(logger: Logger, error: Error): never {
  logger.fatal({ err: error }, error.message)
  process.exit(process.send ? MISCONFIGURED : 1)
}
