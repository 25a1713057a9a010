import { type Logger, pino } from 'pino'

/** Logs JSON lines to stdout, without keys and credentials. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, redact: ['req.headers.authorization', '*.adminKey'] })
}
