import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { type Service, startService } from '#test/support/start-service.ts'
import { thresher, thresherInTerminal } from '#test/support/thresher-program.ts'

const SMALL = ['--set', 'validation={"fraction":0.9}', '--lr', '0.3', '--mu', '0.6']

/** The SGR sequence of faint text (ECMA-48). */
const DIM = '\x1b[2m'

let service: Service
let env: { THRESHER_URL: string }
let folder: string
before(async () => {
  service = await startService()
  env = { THRESHER_URL: service.url }
  folder = await mkdtemp(join(tmpdir(), 'thresher-cli-'))
})
after(async () => {
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})

test('train --watch shows a line for each epoch, reaches the sparsity, and says how to download the model', async () => {
  const { code, stdout, stderr } = await thresher(
    ['train', 'mnist-mlp', '--sparsity', '0.95', '--epochs', '3', ...SMALL, '--watch'],
    { env },
  )
  assert.equal(code, 0, stderr)
  const id = stdout.trim()
  assert.match(id, /^job_[0-9a-z]{26}$/)
  for (const epoch of [1, 2, 3])
    assert.match(stderr, new RegExp(`^${epoch}/3  loss .* accuracy .* zeros`, 'm'))
  assert.match(stderr, /95\.00 % of 407,050 weights are zero/)
  assert.match(stderr, new RegExp(`thresher download ${id}`))
  assert.equal(stripVTControlCharacters(stderr), stderr)
})

test('download writes the file whose digest the service names, and prints its path', async () => {
  const { code, stdout, stderr } = await thresher(['download', '@1', '--json'], { env, cwd: folder })
  assert.equal(code, 0, stderr)
  const { path, sha256, sizeBytes } = JSON.parse(stdout)
  assert.equal(path, 'model.sparse.safetensors')
  const content = await readFile(join(folder, path))
  assert.equal(content.length, sizeBytes)
  assert.equal(createHash('sha256').update(content).digest('hex'), sha256)
  const answer = await fetch(`${service.url}/v1/jobs/${await newestJob()}/artifacts/${path}`)
  assert.equal(
    createHash('sha256')
      .update(Buffer.from(await answer.arrayBuffer()))
      .digest('hex'),
    sha256,
  )
})

test('a spec comes from a file or standard input, and options replace its fields', async () => {
  const spec = { model: { preset: 'mnist-mlp' }, epochs: 7, name: 'from a file', labels: { team: 'a' } }
  await writeFile(join(folder, 'spec.json'), JSON.stringify(spec))
  const options = [
    '--epochs',
    '2',
    '--label',
    'run=1',
    '--set',
    'schedule={"name":"cosine"}',
    '--dry-run',
    '--json',
  ]
  for (const [what, input] of [
    [join(folder, 'spec.json'), ''],
    ['-', JSON.stringify(spec)],
  ] as const) {
    const { code, stdout, stderr } = await thresher(['train', what, ...options], { env, input })
    assert.equal(code, 0, stderr)
    const { spec: planned, plan } = JSON.parse(stdout)
    assert.equal(plan.epochs.length, 2)
    assert.equal(planned.schedule.name, 'cosine')
    assert.deepEqual(planned.labels, { team: 'a', run: '1' })
  }
})

test('one option of the optimizer leaves the others as the preset has them', async () => {
  const { stdout } = await thresher(['train', 'mnist-mlp', '--c', '0.003', '--dry-run', '--json'], { env })
  const { optimizer } = JSON.parse(stdout).spec
  assert.deepEqual([optimizer.learningRate, optimizer.c, optimizer.mu], [0.005, 0.003, 0.7])
})

test('a dry run prints the plan and submits nothing', async () => {
  const before = await newestJob()
  const { code, stdout } = await thresher(['train', 'mnist-mlp', '--epochs', '4', '--dry-run'], { env })
  assert.equal(code, 0)
  assert.match(stdout, /^parameters {2}407,050$/m)
  assert.match(stdout, /^ +4 +0\.0050/m)
  assert.equal(await newestJob(), before)
})

test('the exit code of watch is 4 for a cancelled job', async () => {
  const { stdout } = await thresher(['train', 'mnist-mlp', '--epochs', '1000'], { env })
  const watching = thresher(['watch', stdout.trim()], { env })
  const cancelled = await thresher(['cancel', stdout.trim()], { env })
  assert.equal(cancelled.code, 0)
  const { code, stderr } = await watching
  assert.equal(code, 4)
  assert.match(stderr, /cancelled after \d+ of 1,000 epochs/)
})

test('the exit code of watch is 1 for a failed job, and its error is shown', async () => {
  const { code, stderr } = await thresher(
    ['train', 'mnist-mlp', '--epochs', '1000', '--set', 'maxRuntimeSeconds=1', '--watch'],
    { env },
  )
  assert.equal(code, 1, stderr)
  assert.match(stderr, /failed after \d+ of 1,000 epochs {2}timed_out/)
})

test('after an early stop, the summary has the figures of the epoch that the model is from', async () => {
  const early = 'earlyStopping={"metric":"trainLoss","patience":1,"minDelta":10}'
  const options = ['--epochs', '5', ...SMALL, '--set', early, '--watch']
  const { code, stdout, stderr } = await thresher(['train', 'mnist-mlp', ...options], { env })
  assert.equal(code, 0, stderr)
  const job = JSON.parse((await thresher(['show', stdout.trim(), '--json'], { env })).stdout)
  assert.deepEqual([job.modelEpoch, job.metrics.epoch], [1, 2])
  const [first] = stderr.split('\n').filter(line => line.startsWith('1/5'))
  const accuracy = /accuracy +([\d.]+ %)/.exec(first!)![1]
  assert.match(stderr, new RegExp(`stopped early after 2 epochs[^]*validation accuracy ${accuracy}`))
})

test('watch --json prints each frame as a line of standard output', async () => {
  const { code, stdout } = await thresher(
    ['train', 'mnist-mlp', '--epochs', '1', ...SMALL, '--watch', '--json'],
    { env },
  )
  assert.equal(code, 0)
  const frames = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(frames[0].type, 'snapshot')
  assert.equal(frames.at(-1).status, 'succeeded')
  assert.equal(frames.filter(({ type }) => type === 'epoch').length, 1)
})

test('on a terminal, a bar and the course of the sparsity are painted over, and NO_COLOR has no colours', async () => {
  const watch = ['train', 'mnist-mlp', '--epochs', '3', ...SMALL, '--watch']
  const colored = thresherInTerminal(watch, { env })
  assert.equal(await colored.ended(), 0, colored.output())
  assert.match(colored.output(), /━/)
  assert.match(stripVTControlCharacters(colored.output()), /zeros [▁▂▃▄▅▆▇█]+ /)
  assert.ok(colored.output().includes(DIM))
  const plain = thresherInTerminal(['watch', '@1'], { env: { ...env, NO_COLOR: '1' } })
  assert.equal(await plain.ended(), 0)
  assert.ok(!plain.output().includes(DIM))
})

test('no line is wider than a narrow terminal', async () => {
  const narrow = thresherInTerminal(['watch', '@1'], { env: { ...env, NO_COLOR: '1' }, columns: 40 })
  await narrow.ended()
  const lines = stripVTControlCharacters(narrow.output()).split(/[\r\n]+/)
  const epochs = lines.filter(line => line.includes('/3'))
  assert.ok(epochs.length >= 3)
  for (const line of epochs) assert.ok(line.length <= 40, line)
})

test('Ctrl-C detaches and says how to return; the job continues', async () => {
  const watching = thresherInTerminal(['train', 'mnist-mlp', '--epochs', '500', ...SMALL, '--watch'], {
    env: { ...env, NO_COLOR: '1' },
  })
  await watching.shows(/1\/500/)
  watching.type('\x03')
  assert.equal(await watching.ended(), 130)
  const id = await newestJob()
  assert.match(
    watching.output(),
    new RegExp(`Detached: the job continues\\. \`thresher watch ${id}\`\\s+returns`),
  )
  const show = await thresher(['show', id, '--json'], { env })
  assert.equal(JSON.parse(show.stdout).status, 'running')
  await thresher(['cancel', id], { env })
})

async function newestJob(): Promise<string> {
  const { stdout } = await thresher(['ls', '--json', '--limit', '1'], { env })
  return JSON.parse(stdout).id
}
