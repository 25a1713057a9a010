import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AnalysisRequest, kindOf } from '#analyses/analysis-request.ts'
import type { AnalysedJob } from '#domain/analysis.ts'
import type { DatasetSpec, UploadedData } from '#domain/dataset.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { newJob } from '#test/support/new-job.ts'

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

function jobOf(change: Partial<JobRequest> = {}): AnalysedJob {
  const { id, spec } = newJob(change)
  return { id, spec, checkpoint: { epoch: 1, step: 1, sizeBytes: 1, sha256: '0'.repeat(64) } }
}

const uploadOf = (change: Partial<UploadedData> = {}): DatasetSpec => ({
  id: `dataset_${'0'.repeat(26)}`,
  upload: {
    dtype: 'uint8',
    inputShape: [28, 28, 1],
    classes: DIGITS,
    splits: { train: 9, test: 0 },
    sha256: '',
    ...change,
  },
})

function resolve(request: object, jobs: AnalysedJob[], dataset?: DatasetSpec) {
  const body = { kind: 'evaluation', jobs: jobs.map(({ id }) => id), ...request }
  return kindOf('evaluation').resolve(AnalysisRequest.parse(body), { jobs, dataset })
}

describe('an evaluation', () => {
  it('reads the validation examples of the job by default, and the test split of another dataset if it has one', () => {
    const job = jobOf()
    const own = { dataset: { id: 'mnist' }, split: 'validation' }
    assert.deepEqual(resolve({}, [job]).options, own)
    assert.deepEqual(resolve({ dataset: { id: 'mnist' } }, [job], job.spec.dataset).options, own)
    const tested = uploadOf({ splits: { train: 9, test: 5 } })
    for (const [dataset, split] of [
      [uploadOf(), 'train'],
      [tested, 'test'],
    ] as const) {
      const { options, mistakes } = resolve({ dataset: { id: dataset.id } }, [job], dataset)
      assert.deepEqual([options, mistakes], [{ dataset: { id: dataset.id }, split }, []])
    }
  })

  it('refuses a dataset that the model cannot read or whose labels mean something else', () => {
    const cases: [Partial<UploadedData>, RegExp][] = [
      [{ inputShape: [32, 32, 3] }, /has examples of shape \[32,32,3\].*with \[28,28,1\]/],
      [{ dtype: 'float32' }, /has values of type float32.*with uint8/],
      [{ classes: [...DIGITS].reverse() }, /has the classes \[9, 8, .*with \[0, 1, /],
      [{ targets: 2 }, /has targets per example: 2.*with 0/],
    ]
    for (const [change, message] of cases) {
      const dataset = uploadOf(change)
      const { mistakes } = resolve({ dataset: { id: dataset.id } }, [jobOf()], dataset)
      assert.deepEqual([mistakes.length, mistakes[0]!.path], [1, 'dataset.id'])
      assert.match(mistakes[0]!.message, message)
    }
  })

  it('refuses a split that the dataset does not have', () => {
    const dataset = uploadOf()
    const named = { dataset: { id: dataset.id } }
    const pathsOf = (split: string) =>
      resolve({ ...named, split }, [jobOf()], dataset).mistakes.map(({ path }) => path)
    assert.deepEqual(pathsOf('test'), ['split'])
    assert.deepEqual(pathsOf('validation'), ['split'])
    assert.deepEqual(pathsOf('train'), [])
  })

  it('refuses a second job that was trained on other examples or classes', () => {
    const other = jobOf({ model: { preset: 'cifar10-cnn' } })
    const { mistakes } = resolve({}, [jobOf(), other])
    assert.deepEqual(new Set(mistakes.map(({ path }) => path)), new Set(['jobs.1']))
  })
})
