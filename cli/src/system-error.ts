import { getSystemErrorMap } from 'node:util'
import { EXIT, type ExitCode } from './exit-codes.ts'

/** Codes that mean that the command line names the wrong file. */
const WRONG_FILE: ReadonlySet<string> = new Set(['ENOENT', 'EISDIR', 'ENOTDIR'])

/** An error of the operating system in words, with the file that it is about. */
export function systemMessage({ errno, path, message }: NodeJS.ErrnoException): string {
  const [, meaning] = (errno !== undefined && getSystemErrorMap().get(errno)) || []
  if (meaning === undefined) return message
  return path === undefined ? meaning : `${path}: ${meaning}`
}

export function exitCodeOf({ code = '' }: NodeJS.ErrnoException): ExitCode {
  return WRONG_FILE.has(code) ? EXIT.usage : EXIT.failed
}
