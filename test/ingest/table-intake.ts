import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type Given, startIntake } from './start-intake.ts'

/** Ingests tables whose label is the column y, among them the files of write_tables.py, while the tests of this file run. */
export function tableIntake() {
  let intake: Awaited<ReturnType<typeof startIntake>> | undefined
  before(async () => {
    intake = await startIntake('write_tables.py', ['numpy==2.4.6', 'pandas==3.1.1', 'pyarrow==26.0.1'])
  })
  after(() => intake?.stop())
  const table = (files: readonly Given[], spec: object = {}) =>
    intake!.takeIn({ format: formatOf(files[0]!), label: 'y', ...spec }, files)
  const refuses = (files: readonly Given[], message: RegExp, spec: object = {}) =>
    assert.rejects(table(files, spec), { name: 'FormatError', message })
  return { table, refuses }
}

export const csv = (content: string, name = 'table.csv'): Given => ({ name, content })

function formatOf(file: Given): string {
  return (typeof file === 'string' ? file : file.name).endsWith('.parquet') ? 'parquet' : 'csv'
}
