import { existsSync, readdirSync } from 'node:fs'

// npm run bench -- NAME [options]: runs bench/NAME.bench.ts, which reads its options from the rest of the command line.
const ENDING = '.bench.ts'
const name = process.argv.splice(2, 1)[0]
const file = new URL(`../bench/${name}${ENDING}`, import.meta.url)
if (!existsSync(file)) {
  const names = readdirSync(new URL('../bench/', import.meta.url)).filter(entry => entry.endsWith(ENDING))
  console.error(
    `npm run bench -- NAME, where NAME is one of: ${names.map(entry => entry.slice(0, -ENDING.length)).join(', ')}`,
  )
  process.exit(2)
}
await import(file.href)
