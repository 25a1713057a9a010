import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Thresher } from '@thresher/client'
import { type CommandBlock, commandBlocks, unfencedCommands } from '#test/support/markdown-commands.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { type Service, startService } from '#test/support/start-service.ts'

const run = promisify(execFile)
const PAGES = [
  'README.md',
  ...readdirSync('docs')
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]
const BLOCKS = new Map(PAGES.map(page => [page, commandBlocks(readFileSync(page, 'utf8'))]))

/** A command prints `{"id":"job_..."}`, and its reader uses the id as $JOB in the next one. */
const IDS = {
  job: 'JOB',
  analysis: 'ANALYSIS',
  sweep: 'SWEEP',
  dataset: 'DATASET',
  model: 'MODEL',
  webhook: 'WEBHOOK',
  key: 'KEY',
}

const ADMIN_KEY = 'the-admin-key-of-the-documentation'
const IRIS = `length,width,species\n${'5.1,3.5,setosa\n6.3,3.3,virginica\n'.repeat(30)}`

const SCRIPT = `
set -euo pipefail
# A reader sees an error of the service; curl alone succeeds.
curl() { command curl --fail-with-body "$@"; }
# The commands run outside the checkout, whose programs are in PATH.
npx() { "$@"; }
learn() {
  for pair in ${Object.entries(IDS)
    .map(([kind, name]) => `${kind}:${name}`)
    .join(' ')}; do
    id=$(grep -ao "\\"id\\": *\\"\${pair%%:*}_[0-9a-z]*\\"" .printed | head -1 | cut -d'"' -f4 || true)
    if [ -n "$id" ]; then export "\${pair##*:}=$id"; fi
  done
}
`

it('every command of the documentation is in a block that is fenced as sh', () => {
  const unfenced = PAGES.flatMap(page =>
    unfencedCommands(readFileSync(page, 'utf8')).map(line => `${page}:${line}`),
  )
  assert.deepEqual(unfenced, [])
})

describe('the commands of', () => {
  let service: Service
  let withKeys: Service
  let thresher: Thresher
  let env: NodeJS.ProcessEnv
  before(async () => {
    service = await startService()
    withKeys = await startService(undefined, { ADMIN_KEY, ENGINE: 'wasm' })
    thresher = new Thresher({ url: service.url })
    const PATH = [dirname(await pythonWithReaders()), resolve('node_modules/.bin'), process.env.PATH]
    const JOB = await trained('mnist-mlp', 0.002)
    env = {
      ...process.env,
      ...{ PATH: PATH.join(delimiter), THRESHER_URL: service.url, ADMIN_KEY },
      ...{
        JOB,
        SPARSE: JOB,
        DENSE: await trained('mnist-mlp', 0),
        DENSE_LENET: await trained('mnist-lenet', 0),
      },
    }
  })
  after(() => Promise.all([service.stop(), withKeys.stop()]))

  for (const [page, blocks] of BLOCKS)
    if (blocks.some(({ notRun }) => notRun === undefined))
      it(`${page} work as they are printed`, async () => {
        const folder = await mkdtemp(join(tmpdir(), 'thresher-page-'))
        try {
          await giveFiles(page, folder)
          const running = run('bash', ['-c', scriptOf(page, blocks)], { cwd: folder, env, maxBuffer: 1e8 })
          await running.catch(({ stdout, stderr }) => assert.fail(`${stdout}\n${stderr}`.slice(-2000)))
        } finally {
          await cancelAll()
          await rm(folder, { recursive: true })
        }
      })

  /** @returns the id of a job that has finished quickly */
  async function trained(preset: 'mnist-mlp' | 'mnist-lenet', c: number): Promise<string> {
    const job = await thresher.jobs.create({
      model: { preset },
      optimizer: { name: 'grda', learningRate: 0.1, c, mu: 0.6 },
      validation: { fraction: 0.1 },
      epochs: 1,
    })
    const { status } = await thresher.jobs.wait(job.id)
    assert.equal(status, 'succeeded')
    return job.id
  }

  /** The files that a page assumes. */
  async function giveFiles(page: string, folder: string): Promise<void> {
    await cp('docs', join(folder, 'docs'), { recursive: true })
    const artifact = async (name: string) =>
      Buffer.from(await (await thresher.jobs.artifact(env.JOB!, name)).arrayBuffer())
    const own = page === 'README.md'
    if (own || page === 'docs/datasets.md') await writeFile(join(folder, 'iris.csv'), IRIS)
    if (own || page === 'docs/keras.md')
      await writeFile(join(folder, 'trained.keras'), await artifact('model.keras'))
    if (page === 'docs/sparse-safetensors.md') {
      const name = 'model.sparse.safetensors'
      await writeFile(join(folder, name), await artifact(name))
    }
  }

  /** Some commands submit trainings that take long. */
  async function cancelAll(): Promise<void> {
    for await (const { id } of thresher.jobs.list({ status: ['queued', 'running'] }))
      await thresher.jobs.cancel(id)
  }

  function scriptOf(page: string, blocks: CommandBlock[]): string {
    const parts = blocks
      .filter(({ notRun }) => notRun === undefined)
      .map(({ line, commands, needsKeys }) => {
        const { url } = needsKeys ? withKeys : service
        const here = commands.replaceAll('http://localhost:3000', url).replaceAll('localhost:3000', url)
        return here.split(/\n\n+/).map(part => `echo '${page}:${line}' >&2\n{ ${part}\n} > .printed\nlearn\n`)
      })
    return [SCRIPT, ...parts.flat()].join('')
  }
})
