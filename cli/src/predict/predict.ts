import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { Examples, Prediction } from '@thresher/client'
import type { Context } from '../context.ts'
import { usageError } from '../failure.ts'
import { printJson, printLines } from '../print.ts'
import { readJson } from '../request/read-json.ts'
import { decimal, percent } from '../terminal/figures.ts'
import { table } from '../terminal/table.ts'
import { columnsOf } from '../terminal/terminal.ts'

const TABLES: Record<string, string> = { '.csv': 'text/csv', '.jsonl': 'application/jsonl' }

/** `thresher models predict`: asks a model, or the model of a job, about examples. */
export async function predict(context: Context, model: string, paths: string[]): Promise<void> {
  const { thresher, json, out, outColors: colors } = context
  const examples = await readExamples(paths)
  const prediction = model.startsWith('job_')
    ? await thresher.jobs.predict(model, examples)
    : await thresher.models.predict(model, examples)
  if (json) return printJson(context, prediction)
  const names = examples instanceof FormData ? paths.map(path => basename(path)) : []
  const rows = prediction.outputs.map((_, index) => ({
    name: names[index] ?? String(index),
    text: predicted(prediction, index),
  }))
  const columns = [
    { title: 'example', value: ({ name }: (typeof rows)[number]) => name, shrinkTo: 12 },
    { title: 'prediction', value: ({ text }: (typeof rows)[number]) => text },
  ]
  printLines(context, table(columns, rows, { colors, columns: columnsOf(out) }))
}

async function readExamples(paths: readonly string[]): Promise<Examples> {
  const [first = ''] = paths
  const extension = extname(first).toLowerCase()
  const isData = first === '-' || extension === '.json' || extension in TABLES
  if (isData && paths.length > 1) throw usageError(`Give ${first} alone: only images can be several files.`)
  if (first === '-' || extension === '.json') return (await readJson(first)) as Examples
  if (isData) return new Blob([await readFile(first)], { type: TABLES[extension]! })
  const form = new FormData()
  for (const path of paths) form.append('image', new Blob([await readFile(path)]), basename(path))
  return form
}

/** The class and its probability, or the numbers that the model puts out. */
function predicted({ predictions, outputs }: Prediction, index: number): string {
  const found = predictions?.[index]
  if (!found)
    return outputs[index]!.map(value => (typeof value === 'number' ? decimal(value) : value)).join(', ')
  const label = found.label ?? String(found.class)
  return typeof found.probability === 'number' ? `${label}  ${percent(found.probability, 1)}` : label
}
