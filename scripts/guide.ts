import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Thresher } from '@thresher/client'
import { runService } from './demo/run-service.ts'
import { PICTURES } from './guide/pictures.ts'
import { SWEEPS, type SweepName } from './guide/sweeps.ts'
import { CODE_TABLES, cutTable, insertTable, runTable } from './guide/tables.ts'
import { type Run, train } from './guide/train.ts'

// npm run guide [-- PICTURE...]: trains the sweeps that the pictures of docs/guide.md show, on a service that this script starts, draws the
// pictures into docs/images/ and writes the tables of the page. Sweeps that were trained in the last 24 hours are reused.
// npm run guide -- codes: writes only the tables of codes, which need no training.

const PAGE = join('docs', 'guide.md')
const FOLDER = join('docs', 'images')
const names = process.argv.slice(2)
const unknown = names.find(name => !PICTURES[name] && name !== 'codes')
if (unknown !== undefined) {
  console.error(`There is no picture ${unknown}. The pictures: ${Object.keys(PICTURES).join(', ')}`)
  process.exit(2)
}
const pictures = names.length > 0 ? names.filter(name => PICTURES[name]) : Object.keys(PICTURES)
const needed = new Set(pictures.flatMap(name => PICTURES[name]!.sweeps))
// Its runs have a table only.
if (names.length === 0) needed.add('tooMuch')
const runs = new Map<SweepName, Run[]>()
if (needed.size > 0) await trainAll()
await mkdir(FOLDER, { recursive: true })
for (const name of pictures) {
  const { sweeps, draw } = PICTURES[name]!
  await writeFile(join(FOLDER, `guide-${name}.svg`), draw(...sweeps.map(sweep => runs.get(sweep)!)))
}
let page = await readFile(PAGE, 'utf8')
for (const [name, table] of Object.entries(CODE_TABLES)) page = insertTable(page, name, table)
for (const [name, trained] of runs) page = insertTable(page, name, runTable(trained))
const [byScale, byTarget] = [runs.get('c'), runs.get('target')]
if (byScale && byTarget) page = insertTable(page, 'cuts', cutTable(byScale, byTarget))
await writeFile(PAGE, page)

async function trainAll(): Promise<void> {
  const service = await runService(join('.thresher', 'guide'))
  try {
    const thresher = new Thresher({ url: service.url })
    for (const name of needed) runs.set(name, await train(thresher, SWEEPS[name]))
  } finally {
    await service.stop()
  }
}
