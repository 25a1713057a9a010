import {
  AnswerError,
  AuthenticationError,
  ConnectionError,
  PermissionError,
  ServiceError,
  ThresherError,
} from '@thresher/client'
import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { Failure } from './failure.ts'
import type { Terminal } from './terminal/terminal.ts'
import { harmless, padEnd, widthOf } from './terminal/text.ts'

interface Report {
  message: string
  exitCode: ExitCode
  code?: string
  /** Every mistake in a request: the path of the field, and what would be right. */
  errors?: AnswerError['errors']
  hints?: readonly string[]
}

/** Writes the error to standard error, as JSON with `--json`. @returns the exit code of the process */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  // Commander has written its message already; the help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.succeeded : EXIT.usage
  const { exitCode, ...report } = describe(error)
  terminal.err.write(terminal.json ? `${JSON.stringify({ error: report })}\n` : textOf(report, terminal))
  return exitCode
}

function describe(error: unknown): Report {
  if (error instanceof Failure)
    return { message: error.message, exitCode: error.exitCode, hints: error.hints }
  if (error instanceof ConnectionError)
    return { message: error.message, exitCode: EXIT.connection, hints: CONNECTION_HINTS }
  if (error instanceof AnswerError) return describeAnswer(error)
  if (error instanceof ThresherError) return { message: error.message, exitCode: EXIT.failed }
  // Of the file system, for example.
  if (error instanceof Error && 'code' in error)
    return { message: error.message, exitCode: EXIT.failed, code: String(error.code) }
  throw error
}

const CONNECTION_HINTS = [
  '`thresher up` starts a service on this machine; `thresher doctor` checks the connection.',
  'For a service elsewhere, name its address with --url or THRESHER_URL.',
]

const KEY_HINTS = ['Give a key with THRESHER_KEY or --key, or store one with `thresher login`.']

function describeAnswer(error: AnswerError): Report {
  const { message, code, errors } = error
  if (error instanceof AuthenticationError)
    return { message, code, errors, exitCode: EXIT.key, hints: KEY_HINTS }
  if (error instanceof PermissionError) return { message, code, errors, exitCode: EXIT.key }
  const isFault = error instanceof ServiceError || error.status === 429
  return { message, code, errors, exitCode: isFault ? EXIT.failed : EXIT.usage }
}

function textOf({ message, errors = [], hints = [] }: Omit<Report, 'exitCode'>, terminal: Terminal): string {
  const { red, bold, dim } = terminal.errColors
  const paths = errors.map(({ path }) => harmless(path))
  const width = Math.max(0, ...paths.map(widthOf))
  const mistakes = errors.map(
    ({ message: text }, index) => `${bold(padEnd(paths[index]!, width))}  ${harmless(text)}`,
  )
  // The message of an invalid request repeats its mistakes.
  const isRepeated = errors.length > 0 && errors.every(({ message: text }) => message.includes(text))
  const heading = isRepeated ? 'The service refuses the request.' : harmless(message)
  const [first, ...rest] = [heading, ...mistakes, ...hints.map(dim)]
  return [`${red('error:')} ${first}`, ...rest.map(line => `       ${line}`), ''].join('\n')
}
