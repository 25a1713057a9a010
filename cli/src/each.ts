import { ConnectionError } from '@thresher/client'
import type { Context } from './context.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { reportError } from './report-error.ts'

/** Changes each record that the command line names, also after the service has refused one. @returns the highest exit code */
export async function each(
  context: Context,
  names: readonly string[],
  change: (name: string) => Promise<void>,
): Promise<ExitCode> {
  const codes: ExitCode[] = [EXIT.succeeded]
  for (const name of names) {
    try {
      await change(name)
    } catch (error) {
      // It would not answer for the others either.
      if (error instanceof ConnectionError) throw error
      codes.push(reportError(error, context, name))
    }
  }
  return Math.max(...codes) as ExitCode
}
