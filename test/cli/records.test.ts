import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { finishMlpJob } from '#test/support/finished-mlp-jobs.ts'
import { measuredJob } from '#test/support/measured-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { thresher, thresherInTerminal, thresherPath } from '#test/support/thresher-program.ts'

let api: Api
let env: { THRESHER_URL: string }
let folder: string
let jobs: string[]
before(async () => {
  api = await startApi()
  env = { THRESHER_URL: api.url }
  folder = await mkdtemp(join(tmpdir(), 'thresher-cli-'))
  jobs = [await finishMlpJob(api, 0.001), await finishMlpJob(api, 0.004)]
})
after(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

test('ls lists jobs, newest first, as a table and as JSON lines', async () => {
  const table = await run('ls')
  const [header, newest] = table.stdout.split('\n')
  assert.match(header!, /^job +status +name +model +target +epoch +accuracy +zeros +created$/)
  assert.match(newest!, new RegExp(`^${jobs[1]} +succeeded +mnist-mlp +10/10 .* 95\\.80 %`))
  const ids = jsonLines((await run('ls', '--json')).stdout).map(({ id }) => id)
  assert.deepEqual(ids, [jobs[1], jobs[0]])
  assert.deepEqual(jsonLines((await run('ls', '--json', '--status', 'failed')).stdout), [])
  const limited = await run('ls', '--limit', '1')
  assert.equal(limited.stdout.trim().split('\n').length, 2)
  assert.match(limited.stderr, /--limit shows more/)
})

test('a job is named by its id, its last characters, or its age', async () => {
  for (const name of [jobs[0]!, jobs[0]!.slice(-6), '@2'])
    assert.equal(JSON.parse((await run('show', name, '--json')).stdout).id, jobs[0])
  const unknown = await run('show', 'zzzzzz')
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /none of the newest jobs ends with it/)
  const older = await run('show', '@9')
  assert.deepEqual([older.code, /There are only 2 jobs/.test(older.stderr)], [2, true])
})

test('show prints spec, curves, layers and files', async () => {
  const { stdout } = await run('show', '@1')
  assert.match(stdout, /^optimizer +grda, learningRate 0\.3, c 0\.004, mu 0\.6$/m)
  assert.match(stdout, /^zeros +[▁▂▃▄▅▆▇█]{4} 95\.80 %$/m)
  assert.match(stdout, /^dense_1\/kernel +401408 +401,408 +15,064 +96\.25 %$/m)
})

test('logs prints the events with their times', async () => {
  const { stdout } = await run('logs', '@1')
  assert.match(stdout, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}epoch +1\/\d+ .* zeros 60\.56 %/m)
  assert.deepEqual(
    jsonLines((await run('logs', '@1', '--json')).stdout).map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7],
  )
})

test('compare prints the fields in which specs differ, and the results', async () => {
  const { rows } = JSON.parse((await run('compare', '@1', '@2', '--json')).stdout)
  const spec = rows.filter(({ kind }: { kind: string }) => kind === 'spec')
  assert.deepEqual(spec, [{ field: 'optimizer.c', kind: 'spec', values: [0.004, 0.001] }])
  const { stdout } = await run('compare', '@1', '@2')
  assert.match(stdout, /^sparsity +95\.80 % +56\.72 %$/m)
  assert.equal((await run('compare', '@1')).code, 2)
})

test('tradeoff prints a plot and a table, and says how to measure what is not measured', async () => {
  const missing = await run('tradeoff', '@1')
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /thresher tradeoff job_\w+ --measure/)
  const id = await measuredJob(api, true)
  const { stdout } = await run('tradeoff', id)
  assert.match(stdout, /│.*●/)
  assert.match(stdout, /^ *zeros +accuracy +not zero +file +compressed +cut by$/m)
  assert.ok(JSON.parse((await run('tradeoff', id, '--json')).stdout).points.length > 0)
})

test('datasets upload infers the format, prints the id and the notes, and rm deletes the dataset', async () => {
  const path = join(folder, 'iris.csv')
  await writeFile(path, 'a,b,species\n1,2,x\n2,1,y\n1,3,x\n3,1,y\n')
  const uploaded = await run('datasets', 'upload', path, '--label', 'species')
  const id = uploaded.stdout.trim()
  assert.match(id, /^dataset_/)
  assert.match(uploaded.stderr, /note {2}Column "species" contains words/)
  assert.match((await run('datasets', 'show', id)).stdout, /^classes +2: x, y$/m)
  assert.ok(jsonLines((await run('datasets', 'ls', '--json')).stdout).some(dataset => dataset.id === id))
  assert.equal((await run('datasets', 'rm', id)).code, 0)
  assert.equal((await run('datasets', 'show', id)).code, 2)
  await writeFile(path, 'a,b,species\n1,2,x\n2,wide,y\n')
  const refused = await run('datasets', 'upload', path, '--label', 'species')
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /row 3, column "b": "wide"/)
  assert.match((await run('datasets', 'upload', 'digits.bin')).stderr, /Give one with --format: csv/)
})

test('models register makes versions, and show lists them', async () => {
  assert.equal((await run('models', 'register', '@1', 'digits')).code, 0)
  assert.equal((await run('models', 'register', '@1', 'digits')).stdout.trim(), 'digits@2')
  assert.match((await run('models', 'show', 'digits')).stdout, /^digits@1 +job_/m)
  assert.equal((await run('models', 'rm', 'digits@1')).stdout.trim(), 'digits@1  deleted')
  assert.ok(jsonLines((await run('models', 'ls', '--json')).stdout).some(({ id }) => id === 'mnist-mlp'))
})

test('sweep create, ls, show and cancel', async () => {
  const request = {
    base: { model: { preset: 'mnist-mlp' } },
    search: { method: 'grid' },
    space: { 'optimizer.c': [0.01, 0.02], seed: [1, 2] },
  }
  const created = await run(
    'sweep',
    'create',
    '-',
    { input: JSON.stringify(request) },
    '--set',
    'base.epochs=3',
  )
  assert.equal(created.code, 0, created.stderr)
  const id = created.stdout.trim()
  assert.match((await run('sweep', 'ls')).stdout, new RegExp(`^${id} +running +grid +0/4`, 'm'))
  const sweep = JSON.parse((await run('sweep', 'show', id, '--json')).stdout)
  assert.equal(sweep.request.base.epochs, 3)
  assert.match((await run('sweep', 'show', id)).stdout, /^ +trial +optimizer\.c +seed +status/m)
  assert.match((await run('sweep', 'cancel', id)).stdout, /cancel/)
})

test('usage prints days and totals', async () => {
  const { rows, totals } = JSON.parse((await run('usage', '--json')).stdout)
  assert.ok(Array.isArray(rows))
  assert.equal(typeof totals.deviceSeconds, 'number')
  assert.match((await run('usage')).stdout, /^total /m)
  assert.equal((await run('usage', '--from', 'yesterday')).code, 2)
})

test('tables fit a narrow terminal', async () => {
  const narrow = thresherInTerminal(['ls'], { env: { ...env, NO_COLOR: '1' }, columns: 50 })
  assert.equal(await narrow.ended(), 0)
  const lines = narrow.output().split(/\r?\n/)
  assert.ok(lines.some(line => line.includes(`…${jobs[1]!.slice(-6)}`)))
  for (const line of lines) assert.ok(line.length <= 50, line)
})

test('a reader that closes the pipe early causes no error', async () => {
  const pipe = `"${process.execPath}" "${thresherPath}" logs @1 --json | true; exit "\${PIPESTATUS[0]}"`
  const { stderr } = await promisify(execFile)('bash', ['-c', pipe], { env: { ...process.env, ...env } })
  assert.equal(stderr, '')
})

interface Input {
  input: string
}

async function run(...words: (string | Input)[]) {
  const arguments_ = words.filter(word => typeof word === 'string')
  const given = words.find((word): word is Input => typeof word !== 'string')
  return await thresher(arguments_, { env, ...given })
}

function jsonLines(text: string) {
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}
