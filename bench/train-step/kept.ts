import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { cacheFolder } from '#scripts/cache-folder.ts'
import type { Measured } from './report.ts'
import { titleOf, type Workload } from './workloads.ts'

const folderOf = (device: string) => join(cacheFolder(), `train-step-${device}`)

/** Keeps the measurement of a workload for the report of a later run that measures other workloads. */
export async function keep(device: string, measured: Measured): Promise<void> {
  await mkdir(folderOf(device), { recursive: true })
  await writeFile(fileOf(device, measured.workload), serialize(measured))
}

/** The last measurement of a workload by a run with the same device. */
export async function readKept(device: string, workload: Workload): Promise<Measured | undefined> {
  const bytes = await readFile(fileOf(device, workload)).catch(() => undefined)
  return bytes && deserialize(bytes)
}

const fileOf = (device: string, workload: Workload) => join(folderOf(device), titleOf(workload))
