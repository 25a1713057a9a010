import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Thresher } from '@thresher/client'
import { runService } from './demo/run-service.ts'
import { insertTable } from './guide/tables.ts'
import { NETWORKS, shortened } from './studies/networks.ts'
import { studyNetwork } from './studies/study-network.ts'
import { studyTable } from './studies/tables.ts'

// npm run studies -- NETWORK...: trains a network with gRDA and with SGD on a service that this script starts, studies the loss surface
// between the models, and writes the pictures and the table of docs/studies.md. Jobs and analyses of the last 24 hours are reused.
// npm run studies -- cifar10-cnn --dataset DATASET_ID --url URL: the same on a running service, with an uploaded dataset, without changing the page.
//   --short: two epochs, few points and few examples, to see within minutes that it runs to its end. Without changing the page.

const PAGE = join('docs', 'studies.md')
const PICTURES = { connectivity: 'connectivity', plane: 'plane', hessian: 'hessian', normRatio: 'norm-ratio' }

const words = process.argv.slice(2)
const option = (name: string) => {
  const at = words.indexOf(`--${name}`)
  return at < 0 ? undefined : words.splice(at, 2)[1]
}
const flag = (name: string) => {
  const at = words.indexOf(`--${name}`)
  return at >= 0 && words.splice(at, 1).length > 0
}
const [url, datasetId, isShort] = [option('url'), option('dataset'), flag('short')]
const unknown = words.find(name => !NETWORKS[name])
if (words.length === 0 || unknown !== undefined) {
  console.error(`Name one or more of: ${Object.keys(NETWORKS).join(', ')}`)
  process.exit(2)
}
const service = url === undefined ? await runService(join('.thresher', 'studies')) : undefined
try {
  const thresher = new Thresher({ url: url ?? service!.url })
  for (const name of words) await study(thresher, name)
} finally {
  await service?.stop()
}

async function study(thresher: Thresher, name: string): Promise<void> {
  const dataset = datasetId === undefined ? undefined : { id: datasetId }
  const studied = await studyNetwork(
    thresher,
    isShort ? shortened(NETWORKS[name]!) : NETWORKS[name]!,
    dataset,
  )
  const table = studyTable(studied)
  console.log(table)
  if (url !== undefined || isShort) return
  for (const [kind, file] of Object.entries(PICTURES)) {
    const picture = await thresher.analyses.artifact(studied.analyses[kind]!.id, `${file}.svg`)
    await writeFile(join('docs', 'images', `studies-${name}-${file}.svg`), await picture.text())
  }
  await writeFile(PAGE, insertTable(await readFile(PAGE, 'utf8'), name, table, PAGE))
}
