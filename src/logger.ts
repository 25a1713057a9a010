import { type Logger, pino } from 'pino'

/** An error of Redis has the command that failed. Its arguments are the password if the connection could not authenticate. */
const COMMAND = ['*', '*.aggregateErrors[*]', '*.previousErrors[*]'].map(error => `${error}.command.args`)

/** Logs JSON lines to stdout, without keys and credentials. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, redact: ['req.headers.authorization', '*.adminKey', ...COMMAND] })
}
