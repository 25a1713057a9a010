import { createProgram } from './program.ts'
import { reportError } from './report-error.ts'
import { openTerminal } from './terminal/terminal.ts'

// A reader such as `head` that has enough closes the pipe; that is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const arguments_ = process.argv.slice(2)
try {
  const program = await createProgram(arguments_)
  await program.parseAsync(arguments_, { from: 'user' })
} catch (error) {
  process.exitCode = reportError(error, openTerminal(arguments_))
}
