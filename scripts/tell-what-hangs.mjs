// Imported into each test file. Shortly before the time limit of a file, it prints what the file still waits for.
import { readFileSync } from 'node:fs'
import { FILE_TIMEOUT_MS } from './test-timeout.mjs'

// The runner of the tests, which inherits this import to them, has no such limit.
if (process.env.NODE_TEST_CONTEXT) setTimeout(tell, FILE_TIMEOUT_MS - 10_000).unref()

function tell() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
  const commands = children.map(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
  console.error(`${process.argv[1]} does not end. It holds: ${process.getActiveResourcesInfo().join(', ')}.`)
  for (const command of commands) console.error(`It has a child: ${command}`)
}
