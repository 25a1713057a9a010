// Runs the test files that argv names, in that order: `node --test` of Node 20 would sort them. A test file inherits the flags
// that this process is given, and several run side by side.
import { availableParallelism } from 'node:os'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const [timeout, ...files] = process.argv.slice(2)
// One more than there are processors, since a file often waits for a process, a lease or a retry.
const concurrency = Math.min(availableParallelism() + 1, 8)
const ending = new AbortController()
for (const event of ['SIGINT', 'SIGTERM']) process.on(event, () => ending.abort())
run({ files, concurrency, timeout: Number(timeout), signal: ending.signal })
  .on('test:fail', () => {
    process.exitCode = 1
  })
  .compose(new spec())
  .pipe(process.stdout)
