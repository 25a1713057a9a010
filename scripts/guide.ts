import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Thresher } from '@thresher/client'
import { runService } from './demo/run-service.ts'
import { PICTURES } from './guide/pictures.ts'
import { SWEEPS, type SweepName } from './guide/sweeps.ts'
import { insertTable, tableOf } from './guide/tables.ts'
import { type Run, train } from './guide/train.ts'

// npm run guide [-- PICTURE...]: trains the sweeps that the pictures of docs/guide.md show, on a service that this script starts, draws the
// pictures into docs/images/ and writes the tables of the sweeps into the page. Sweeps that were trained in the last 24 hours are reused.

const PAGE = join('docs', 'guide.md')
const FOLDER = join('docs', 'images')
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PICTURES)
const unknown = names.find(name => !PICTURES[name])
if (unknown !== undefined) {
  console.error(`There is no picture ${unknown}. The pictures: ${Object.keys(PICTURES).join(', ')}`)
  process.exit(2)
}
const needed = new Set(names.flatMap(name => PICTURES[name]!.sweeps))
// Its runs have a table only.
if (process.argv.length === 2) needed.add('tooMuch')
const service = await runService(join('.thresher', 'guide'))
try {
  const thresher = new Thresher({ url: service.url })
  const runs = new Map<SweepName, Run[]>()
  for (const name of needed) runs.set(name, await train(thresher, SWEEPS[name]))
  await mkdir(FOLDER, { recursive: true })
  for (const name of names) {
    const { sweeps, draw } = PICTURES[name]!
    await writeFile(join(FOLDER, `guide-${name}.svg`), draw(...sweeps.map(sweep => runs.get(sweep)!)))
  }
  let page = await readFile(PAGE, 'utf8')
  for (const [name, trained] of runs) page = insertTable(page, name, tableOf(trained))
  await writeFile(PAGE, page)
} finally {
  await service.stop()
}
