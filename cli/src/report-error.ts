import { debuglog } from 'node:util'
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
import { exitCodeOf, systemMessage } from './system-error.ts'
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

/**
 * Writes the error to standard error, as JSON with `--json`.
 * @param name of the record that it is about, if the command line names several
 * @returns the exit code of the process
 */
export function reportError(error: unknown, terminal: Terminal, name?: string): ExitCode {
  // The help is not an error.
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.succeeded
  const { exitCode, ...report } = describe(error)
  if (terminal.json)
    terminal.err.write(
      `${JSON.stringify({ error: { code: codeOf(exitCode), ...(name && { name }), ...report } })}\n`,
    )
  // Commander has written its message already.
  else if (!(error instanceof CommanderError))
    terminal.err.write(textOf(name ? { ...report, message: `${name}: ${report.message}` } : report, terminal))
  return exitCode
}

/** The name of the exit code, for an error to which the service gave no code. */
function codeOf(exitCode: ExitCode): string {
  return Object.entries(EXIT).find(([, code]) => code === exitCode)![0]
}

function describe(error: unknown): Report {
  if (error instanceof CommanderError) return { message: messageOf(error), exitCode: EXIT.usage }
  if (error instanceof Failure)
    return {
      ...{ message: error.message, exitCode: error.exitCode, hints: error.hints },
      ...(error.code && { code: error.code }),
    }
  if (error instanceof ConnectionError)
    return { message: error.message, exitCode: EXIT.connection, hints: CONNECTION_HINTS }
  if (error instanceof AnswerError) return describeAnswer(error)
  if (error instanceof ThresherError) return { message: error.message, exitCode: EXIT.failed }
  // Of the file system, for example.
  if (isSystemError(error))
    return { message: systemMessage(error), exitCode: exitCodeOf(error), code: error.code }
  return describeUnexpected(error)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** Commander shows the help, in place of a message, where a command lacks a command within it. */
function messageOf({ code, message }: CommanderError): string {
  if (code.startsWith('commander.help')) return 'The command is incomplete; --help lists what it needs.'
  return message.replace(/^error: /, '').replaceAll('\n', ' ')
}

/** A fault of this program, or an answer of a form that it does not expect. */
function describeUnexpected(error: unknown): Report {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  debug('%s', stack)
  return {
    message: `The answer of the service is not what this command expects (${message}).`,
    ...{ code: 'unexpected', exitCode: EXIT.failed },
    hints: [
      'Is this the address of a Thresher service of this version? `thresher doctor` checks it.',
      'NODE_DEBUG=thresher prints where it happened.',
    ],
  }
}

const debug = debuglog('thresher')

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
