import picocolors from 'picocolors'
import { Output } from './output.ts'

export type Colors = ReturnType<typeof picocolors.createColors>

/** Where a command writes: data to `out`, progress and remarks to `err`. */
export interface Terminal {
  out: Output
  err: Output
  outColors: Colors
  errColors: Colors
  /** Whether progress may be painted over: standard error is a terminal, and not the log of a CI. */
  isLive: boolean
  /** Whether the user asked for JSON. */
  json: boolean
}

/** @param arguments_ those of the command line, before they are parsed: an error in them is reported as they request */
export function openTerminal(arguments_: readonly string[]): Terminal {
  const { stdout: out, stderr: err } = process
  const plain = arguments_.includes('--no-color')
  const isLog = isSet('CI') || process.env.TERM === 'dumb'
  return {
    out: new Output(out),
    err: new Output(err),
    outColors: picocolors.createColors(!plain && hasColors(out, isLog)),
    errColors: picocolors.createColors(!plain && hasColors(err, isLog)),
    isLive: Boolean(err.isTTY) && !isLog,
    json: arguments_.includes('--json'),
  }
}

/** The width of the terminal in characters; undefined if the stream is a file or a pipe. */
export function columnsOf(output: Output): number | undefined {
  return output.columns
}

/** https://no-color.org and https://force-color.org: any value but the empty one counts. */
function hasColors(stream: NodeJS.WriteStream, isLog: boolean): boolean {
  if (isSet('NO_COLOR')) return false
  if (isSet('FORCE_COLOR')) return process.env.FORCE_COLOR !== '0'
  return Boolean(stream.isTTY) && !isLog
}

function isSet(name: string): boolean {
  return (process.env[name] ?? '') !== ''
}
