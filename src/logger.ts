import { type Logger, pino } from 'pino'

/** JSON lines on stdout; keys and credentials never appear in them. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, redact: ['req.headers.authorization', '*.adminKey'] })
}
