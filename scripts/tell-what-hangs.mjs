// Imported into each test file: a file that does not end within its time limit, or after its last test, prints what it holds.
import { readFileSync } from 'node:fs'
import { after } from 'node:test'
import { FILE_TIMEOUT_MS } from './test-timeout.mjs'

/** A process ends much sooner after its last test, unless something holds it. */
const EXIT_TIMEOUT_MS = 30_000

// The runner of the tests has this import, too, for its files to inherit it.
if (/\.test\.\w+$/.test(process.argv[1])) {
  setTimeout(tell, FILE_TIMEOUT_MS - 10_000).unref()
  after(() => setTimeout(end, EXIT_TIMEOUT_MS).unref())
}

function end() {
  tell()
  process.exit()
}

function tell() {
  console.error(`${process.argv[1]} does not end. It holds: ${process.getActiveResourcesInfo().join(', ')}.`)
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean)
  for (const pid of pids) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    console.error(`It has the child ${pid}: ${command}`)
  }
}
