import { spawnSync } from 'node:child_process'
import { median } from '#test/support/median.ts'
import { thresherPath } from '#test/support/thresher-program.ts'
import { writeSection } from '#test/support/write-section.ts'

// How long the command line takes to start, beside a Node that does nothing:
//   npm run bench -- cli-start

const ROUNDS = 31
const BARE = 'node -e 0'
const CASES: Record<string, string[]> = {
  [BARE]: ['-e', '0'],
  'thresher --help': [thresherPath, '--help'],
  'thresher train --help': [thresherPath, 'train', '--help'],
  'thresher complete -- tr': [thresherPath, 'complete', '--', 'tr'],
}

const times = new Map(Object.keys(CASES).map(name => [name, [] as number[]]))
// The first round fills the cache of the file system.
for (let round = 0; round <= ROUNDS; round++)
  for (const [name, arguments_] of Object.entries(CASES)) {
    const startedAt = performance.now()
    const { status } = spawnSync(process.execPath, arguments_, { stdio: 'ignore' })
    const took = performance.now() - startedAt
    if (status !== 0) throw new Error(`${name} ended with ${status}`)
    if (round > 0) times.get(name)!.push(took)
  }
await writeSection('The start of the command line', report())

function report(): string {
  const bare = times.get(BARE)!
  const rows = [...times].map(([name, values]) => {
    const ratio = median(values.map((value, round) => value / bare[round]!))
    return `| \`${name}\` | ${median(values).toFixed(0)} | ${Math.min(...values).toFixed(0)} | ${ratio.toFixed(2)} |`
  })
  return [
    `\`npm run bench -- cli-start\`: milliseconds until the process has ended, over ${ROUNDS} alternating rounds.`,
    '',
    '| | median | fastest | median of the ratios to bare Node |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
