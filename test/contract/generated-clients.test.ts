import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { generateClient } from '#client/generate-types.ts'
import { pythonWith } from '#scripts/python-with.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { get } from '#test/support/watch-job.ts'

const run = promisify(execFile)
const GENERATOR = 'openapi-python-client==0.29.1'
const COMPILER = resolve('client/node_modules/typescript/bin/tsc')
const STRICT = [
  '--strict',
  '--noEmit',
  '--skipLibCheck',
  '--target',
  'es2022',
  '--module',
  'esnext',
  '--moduleResolution',
  'bundler',
  '--types',
  'node',
  '--typeRoots',
  resolve('node_modules/@types'),
]

/** What the programs print about the job that they have run. */
interface Outcome {
  jobId: string
  status: string
  epochs: number
  bytes: number
  sha256: string
}

describe('a client that is generated from openapi.yaml', () => {
  let folder: string
  let service: Service
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-generated-'))
    service = await startService()
  })
  after(async () => {
    await service.stop()
    await rm(folder, { recursive: true })
  })

  /** @param printed by a program: its job and the digest of what it has downloaded */
  async function requireSame(printed: string): Promise<void> {
    const outcome: Outcome = JSON.parse(printed)
    const { body: job } = await get(service.url, `/v1/jobs/${outcome.jobId}`)
    const { body: artifacts } = await get(service.url, `/v1/jobs/${outcome.jobId}/artifacts`)
    const sparse = artifacts.data.find(({ name }: { name: string }) => name === 'model.sparse.safetensors')
    assert.deepEqual([outcome.status, outcome.epochs], ['succeeded', 1])
    assert.deepEqual([outcome.bytes, outcome.sha256], [sparse.sizeBytes, sparse.sha256])
    assert.equal(job.status, 'succeeded')
  }

  it('by hey-api compiles strictly and runs a job', async () => {
    const path = join(folder, 'typescript')
    await generateClient('openapi.yaml', path)
    await writeFile(join(path, 'package.json'), '{ "type": "module" }')
    await writeFile(join(path, 'program.ts'), await readFile('test/contract/generated-program.ts.txt'))
    await run(process.execPath, [COMPILER, ...STRICT, join(path, 'program.ts')])
    const program = ['--import', 'tsx', join(path, 'program.ts'), service.url]
    await requireSame((await run(process.execPath, program)).stdout)
  })

  it('by openapi-python-client compiles and runs a job', async () => {
    const python = await pythonWith([GENERATOR])
    await mkdir(join(folder, 'python'))
    const config = join(folder, 'generator.yaml')
    await writeFile(config, 'post_hooks: []\n')
    const path = join(folder, 'python', 'thresher_api')
    const options = ['--meta', 'none', '--output-path', path, '--config', config]
    const { stdout } = await run(python, [
      '-m',
      'openapi_python_client',
      'generate',
      '--path',
      'openapi.yaml',
      ...options,
    ])
    assert.doesNotMatch(stdout, /Unable to process|duplicate/, stdout)
    await run(python, ['-m', 'compileall', '-q', path])
    const env = { ...process.env, PYTHONPATH: join(folder, 'python') }
    await requireSame(
      (await run(python, ['test/contract/generated_program.py', service.url], { env })).stdout,
    )
  })
})
