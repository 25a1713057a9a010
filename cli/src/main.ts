import { createProgram } from './program.ts'
import { systemMessage } from './system-error.ts'

// A reader such as `head` that has enough closes the pipe; that is no error. A full disk is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`error: standard output: ${systemMessage(error)}\n`, () => process.exit(1))
})
process.stderr.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

// A variable that is set to nothing is not set.
for (const name of ['THRESHER_URL', 'THRESHER_KEY']) if (process.env[name] === '') delete process.env[name]

const arguments_ = process.argv.slice(2)
try {
  const program = await createProgram(arguments_)
  await program.parseAsync(arguments_, { from: 'user' })
} catch (error) {
  // Loaded with the client, which the help does not need.
  const [{ reportError }, { openTerminal }] = await Promise.all([
    import('./report-error.ts'),
    import('./terminal/terminal.ts'),
  ])
  process.exitCode = reportError(error, openTerminal(arguments_))
}
