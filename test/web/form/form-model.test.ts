import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { chosen, optionOf } from '#web/src/form/choose-option.ts'
import { type ChoiceField, type Field, fieldOf, type ObjectField } from '#web/src/form/form-model.ts'
import type { Schemas } from '#web/src/form/json-schema.ts'

const contract = parse(readFileSync('openapi.yaml', 'utf8')) as { components: { schemas: Schemas } }
const { schemas } = contract.components
const job = fieldOf(schemas.JobRequest!, schemas) as ObjectField

describe('the form of a job', () => {
  it('has an input for every field of the contract', () => {
    assert.deepEqual(Object.keys(job.fields), Object.keys(schemas.JobRequest!.properties!))
    assert.deepEqual(job.required, ['model'])
  })

  it('says which numbers are accepted', () => {
    assert.deepEqual(job.fields.epochs, {
      kind: 'number',
      isInteger: true,
      range: 'at least 1, at most 100000',
      bounds: { minimum: 1, maximum: 100_000 },
    })
    assert.deepEqual(option('optimizer', 'grda').fields.mu, {
      ...{ kind: 'number', isInteger: false, range: '> 0, at most 1' },
      bounds: { exclusiveMinimum: 0, maximum: 1 },
      description: 'Growth of the threshold with the number of steps, 0 < mu <= 1.',
    })
  })

  it('has the defaults of the contract', () => {
    assert.equal(option('optimizer', 'adam').fields.beta2!.default, 0.999)
  })

  it('follows references, with the description beside them', () => {
    const target = job.fields.target as ObjectField
    assert.match(target.description!, /sparsity or size of the model/)
    assert.deepEqual(Object.keys(target.fields), ['sparsity', 'sizeBytes'])
  })

  it('names each option by its discriminator, or by its first required field', () => {
    assert.deepEqual(labels('optimizer'), ['grda', 'sgd', 'adagrad', 'adam', 'adamw', 'rmsprop'])
    assert.deepEqual(labels('model'), ['preset', 'topology', 'id'])
    assert.deepEqual(labels('validation'), ['test', 'fraction'])
  })

  it('has one line where a word or a number is accepted', () => {
    const csv = (fieldOf(schemas.DatasetRequest!, schemas) as ChoiceField).options.find(
      ({ label }) => label === 'csv',
    )!
    assert.deepEqual((csv.field as ObjectField).fields.label, {
      ...{ kind: 'words', allowsList: true, description: 'Column or columns, by name or by index from 0.' },
    })
    const { checkpoint } = (job.fields.init as ObjectField).fields
    assert.deepEqual(
      [checkpoint!.kind, 'allowsList' in checkpoint! && checkpoint.allowsList],
      ['words', false],
    )
  })

  it('leaves out what only the spec of a stored job has', () => {
    const dataset = job.fields.dataset as ObjectField
    assert.deepEqual(Object.keys(dataset.fields), ['id', 'normalize', 'scale'])
    const init = job.fields.init as ObjectField
    assert.deepEqual(Object.keys(init.fields), ['jobId', 'modelId', 'checkpoint', 'optimizerState', 'prune'])
  })

  it('offers JSON where no input fits: a topology, pairs of numbers', () => {
    const schedule = option('schedule', 'piecewiseLinear')
    assert.equal(schedule.fields.points!.kind, 'json')
    assert.equal(option('model', 'topology').fields.topology!.kind, 'json')
    assert.equal(job.fields.labels!.kind, 'map')
  })
})

describe('the option of a choice', () => {
  const choice = (name: string) => job.fields[name] as ChoiceField

  it('is the one whose discriminator the value has', () => {
    assert.equal(optionOf(choice('optimizer'), { name: 'adam', learningRate: 0.1 }), 3)
    assert.equal(optionOf(choice('optimizer'), { name: 'lion' }), -1)
  })

  it('is the one whose required fields the value has, where there is no discriminator', () => {
    assert.equal(optionOf(choice('model'), { preset: 'mnist-mlp' }), 0)
    assert.equal(optionOf(choice('model'), { id: 'digits@3', weights: false }), 2)
    assert.equal(optionOf(choice('validation'), { fraction: 0.1 }), 1)
  })

  it('keeps the fields that both options have', () => {
    const { options } = choice('optimizer')
    const before = { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 }
    assert.deepEqual(chosen(options[1]!, before), { name: 'sgd', learningRate: 0.3 })
  })

  it('has its required fields, empty, so that its inputs are shown', () => {
    for (const [name, label, value] of [
      ['model', 'id', { id: '' }],
      ['validation', 'fraction', { fraction: '' }],
    ] as const) {
      const index = labels(name).indexOf(label)
      assert.deepEqual(chosen(choice(name).options[index]!, undefined), value)
      assert.equal(optionOf(choice(name), value), index)
    }
  })

  it('takes the values that the service would use, if they are those of the option', () => {
    const { options } = choice('optimizer')
    const usual = { name: 'grda', learningRate: 0.005, c: 0.02, mu: 0.7 }
    assert.deepEqual(chosen(options[0]!, { name: 'sgd', learningRate: 0.3, momentum: 0.9 }, usual), {
      ...{ name: 'grda', learningRate: 0.3, c: 0.02, mu: 0.7 },
    })
    assert.deepEqual(chosen(options[1]!, undefined, usual), { name: 'sgd', learningRate: '' })
  })
})

function labels(name: string): string[] {
  return (job.fields[name] as ChoiceField).options.map(({ label }) => label)
}

function option(name: string, label: string): ObjectField {
  const found = (job.fields[name] as ChoiceField).options.find(one => one.label === label)
  return found!.field as Field as ObjectField
}
