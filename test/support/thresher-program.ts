import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { endWithTests } from './end-with-tests.ts'

const PROJECT = new URL('../../', import.meta.url).pathname

/** The command line in a folder with the layout of its package, built from the sources of this run. */
export const thresherPath = build()

/** Where `thresher login` stores nothing that a user has. */
const home = mkdtempSync(join(tmpdir(), 'thresher-home-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true }))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

interface Options {
  cwd?: string
  input?: string
  env?: NodeJS.ProcessEnv
}

/** Runs `thresher ARGUMENTS` with pipes, as a script does. */
export async function thresher(arguments_: readonly string[], options: Options = {}): Promise<Ended> {
  const child = startThresher(arguments_, options)
  child.stdin!.end(options.input ?? '')
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    exitCode(child),
  ])
  return { code, stdout, stderr }
}

export function startThresher(arguments_: readonly string[], { cwd, env }: Options = {}): ChildProcess {
  return endWithTests(
    spawn(process.execPath, [thresherPath, ...arguments_], {
      cwd,
      env: environment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  )
}

export interface InTerminal {
  /** Everything that was written to the terminal so far. */
  output(): string
  /** Resolves when the output matches. @throws Error if the program ends before that */
  shows(pattern: RegExp): Promise<void>
  type(keys: string): void
  /** The exit code. */
  ended(): Promise<number | null>
}

/** Runs `thresher ARGUMENTS` in a terminal of its own, which has this number of columns. */
export function thresherInTerminal(
  arguments_: readonly string[],
  { columns = 80, ...options }: Options & { columns?: number } = {},
): InTerminal {
  const words = [process.execPath, thresherPath, ...arguments_].map(word => `'${word}'`).join(' ')
  const child = endWithTests(
    spawn(
      'script',
      ['--quiet', '--return', '--command', `stty cols ${columns} rows 24; exec ${words}`, '/dev/null'],
      {
        cwd: options.cwd,
        env: { ...environment(options.env), TERM: 'xterm-256color' },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    ),
  )
  let output = ''
  child.stdout!.setEncoding('utf8').on('data', chunk => {
    output += chunk
  })
  const ended = exitCode(child)
  return {
    output: () => output,
    type: keys => void child.stdin!.write(keys),
    ended: () => ended,
    async shows(pattern) {
      while (!pattern.test(output)) {
        const code = await Promise.race([ended, new Promise(resolve => child.stdout!.once('data', resolve))])
        if (typeof code === 'number' && !pattern.test(output))
          throw new Error(`thresher ended with ${code} and never showed ${pattern}:\n${output}`)
      }
    },
  }
}

function exitCode(child: ChildProcess): Promise<number | null> {
  child.ref()
  return new Promise(resolve => child.once('close', resolve))
}

/** Without the settings of the machine that runs the tests. */
export function environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const {
    CI: _ci,
    NO_COLOR: _no,
    FORCE_COLOR: _force,
    THRESHER_URL: _url,
    THRESHER_KEY: _key,
    ...rest
  } = process.env
  return { ...rest, XDG_CONFIG_HOME: home, ...env }
}

function build(): string {
  const folder = mkdtempSync(join(tmpdir(), 'thresher-cli-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  execFileSync(process.execPath, [join(PROJECT, 'cli', 'build.mjs'), join(folder, 'dist')])
  for (const name of ['bin', 'package.json'])
    cpSync(join(PROJECT, 'cli', name), join(folder, name), { recursive: true })
  return join(folder, 'bin', 'thresher.mjs')
}
