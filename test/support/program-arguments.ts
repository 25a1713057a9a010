import { join } from 'node:path'

/**
 * Node's arguments that run a program of the project. The whole suite runs the compiled service (scripts/test.mjs), because a
 * process that loads JavaScript starts in half the processor time; a test that is run alone loads TypeScript.
 *
 * @param entry such as 'workers/main.ts'
 */
export function programArguments(entry: string): string[] {
  const { COMPILED_SERVICE } = process.env
  return COMPILED_SERVICE
    ? [join(COMPILED_SERVICE, entry.replace(/\.ts$/, '.js'))]
    : ['--import', 'tsx', entry]
}
