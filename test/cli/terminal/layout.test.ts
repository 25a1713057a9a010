import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { factLines } from '../../../cli/src/terminal/facts.ts'
import { ago, bytes, decimal, duration, percent } from '../../../cli/src/terminal/figures.ts'
import { fitLine } from '../../../cli/src/terminal/fit-line.ts'
import { plot } from '../../../cli/src/terminal/plot.ts'
import { sparkline } from '../../../cli/src/terminal/sparkline.ts'
import { table } from '../../../cli/src/terminal/table.ts'
import { openTerminal } from '../../../cli/src/terminal/terminal.ts'
import { harmless, visible } from '../../../cli/src/terminal/text.ts'

const colors = openTerminal(['--no-color']).outColors
const red = (text: string) => `\x1b[31m${text}\x1b[39m`

test('figures have units and three or four digits', () => {
  assert.deepEqual([0, 999, 1000, 104_508, 999_999, 1_500_000, 2.5e13].map(bytes), [
    ...['0 B', '999 B', '1.00 kB', '105 kB', '1.00 MB', '1.50 MB', '25.0 TB'],
  ])
  assert.deepEqual([0.04, 9.96, 59.6, 3725, 90_000].map(duration), [
    '0.0 s',
    '10 s',
    '1 min',
    '1 h 2 min',
    '1 d 1 h',
  ])
  assert.deepEqual([0.3, 0.00042, 12_345, 0, Number.NaN].map(decimal), [
    '0.3000',
    '4.20e-4',
    '1.23e+4',
    '0.0000',
    'NaN',
  ])
  const now = Date.parse('2030-01-02T00:00:00Z')
  assert.equal(ago('2030-01-01T00:00:00Z', now), '1 d ago')
  assert.equal(ago('2030-01-01T23:59:15Z', now), '45 s ago')
})

test('a share close to none or to all is never shown as one of them', () => {
  assert.deepEqual(
    [0, 1, 0.999999, 0.000001, 0.9498].map(share => percent(share)),
    [...['0.00 %', '100.00 %', '99.99 %', '0.01 %', '94.98 %']],
  )
})

test('a table leaves out optional columns and cuts cells until it fits, with and without colours', () => {
  const rows = [{ id: 'job_1', name: 'a long name of a job', zeros: '95.00 %' }]
  const columns = [
    { title: 'job', value: ({ id }: (typeof rows)[0]) => id },
    { title: 'name', value: ({ name }: (typeof rows)[0]) => name, shrinkTo: 8, color: red },
    { title: 'zeros', value: ({ zeros }: (typeof rows)[0]) => zeros, align: 'right' as const, optional: 1 },
  ]
  const lines = (width?: number) =>
    table(columns, rows, { colors, columns: width }).map(stripVTControlCharacters)
  assert.deepEqual(lines(), ['job    name                    zeros', 'job_1  a long name of a job  95.00 %'])
  assert.deepEqual(lines(26), ['job    name          zeros', 'job_1  a long na…  95.00 %'])
  assert.deepEqual(lines(16), ['job    name', 'job_1  a long n…'])
})

test('a table that leaves out a column shows the others whole where they fit, and cuts the last one first', () => {
  const rows = [{ file: 'model.sparse.safetensors', contents: 'the weights that are not zero' }]
  const columns = [
    { title: 'file', value: ({ file }: (typeof rows)[0]) => file, shrinkTo: 8 },
    { title: 'contents', value: ({ contents }: (typeof rows)[0]) => contents, shrinkTo: 20, optional: 1 },
  ]
  const line = (width: number) => table(columns, rows, { colors, columns: width })[1]
  assert.equal(line(28), 'model.sparse.safetensors')
  assert.equal(line(50), 'model.sparse.safetensors  the weights that are no…')
})

test('facts without a value are left out, and long ones are broken beside their names', () => {
  const facts = [
    { name: 'job', value: 'job_1' },
    { name: 'name', value: undefined },
    { name: 'warning', value: 'one two three four five six seven' },
  ]
  assert.deepEqual(factLines(facts, { colors, columns: 30 }).map(stripVTControlCharacters), [
    'job      job_1',
    'warning  one two three four',
    '         five six seven',
  ])
})

test('a line leaves out the least important parts', () => {
  const parts = [{ text: '1/10' }, { text: 'loss 0.3', optional: 2 }, { text: '95 %', optional: 1 }]
  assert.deepEqual(
    [40, 14, 10, 1].map(columns => fitLine(parts, columns)),
    [...['1/10  loss 0.3  95 %', '1/10  95 %', '1/10  95 %', '1/10']],
  )
})

test('a sparkline has the height of each value, and the last of each part of more values', () => {
  assert.equal(sparkline([0, 0.5, 1], 8, 0, 1), '▁▅█')
  assert.equal(sparkline([0, 0, 0, 1], 2, 0, 1), '▁█')
  assert.equal(sparkline([0.7, 0.7], 8, 0.7, 0.7), '▁▁')
})

test('a plot has its points at the ends of its axes', () => {
  const points = [
    { x: 0.9, y: 1, mark: '●' },
    { x: 1, y: 0, mark: '◆' },
  ]
  const lines = plot(points, { width: 20, height: 3, labelX: x => x.toFixed(1), labelY: y => y.toFixed(0) })
  assert.deepEqual(lines, [
    '1 │●',
    '  │',
    '0 │                   ◆',
    `  └${'─'.repeat(20)}`,
    '   0.9              1.0',
  ])
})

test('a text of another user cannot control the terminal', () => {
  assert.equal(harmless('a\x1b[31mred\x1b[0m\r\nname\x07'), 'ared name ')
})

test('what is written to a terminal keeps colours and line breaks, and shows all other controls as in JSON', () => {
  const text = 'a\x1b[31mred\x1b[39m\n\x1b[2J\x1b]0;title\x07\r\x9b\x7f\u202ename\u2066'
  assert.equal(
    visible(text),
    'a\x1b[31mred\x1b[39m\n\\u001b[2J\\u001b]0;title\\u0007\\u000d\\u009b\\u007f\\u202ename\\u2066',
  )
  const json = JSON.stringify({ text })
  assert.deepEqual(JSON.parse(visible(json)), { text })
  assert.doesNotMatch(visible(json), /[\x7f-\x9f\u202e]/)
})
