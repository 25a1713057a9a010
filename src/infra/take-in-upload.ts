import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { DatasetRequest, FolderRequest } from '#domain/dataset-request.ts'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import type { World } from './connect.ts'
import type { DatasetRecord } from './uploads.ts'

/** The files of a dataset, as they were uploaded. */
export interface DatasetUpload {
  request: DatasetRequest | FolderRequest
  files: readonly SourceFile[]
}

const NOTE = 'upload.json'

type Stores = Pick<World, 'datasets' | 'blobs' | 'ingester'>

/** Notes what is to become of the files in `folder`, in case this process dies of it, and that it is under way. */
export async function noteUpload(
  { datasets }: Pick<World, 'datasets'>,
  id: string,
  upload: DatasetUpload,
  folder: string,
): Promise<DatasetRecord> {
  await writeFile(join(folder, NOTE), JSON.stringify(upload))
  const record: DatasetRecord = {
    id,
    name: upload.request.name,
    createdAt: new Date().toISOString(),
    state: { status: 'validating' },
  }
  await datasets.create(record)
  return record
}

/**
 * Validates an upload and keeps what it holds, or says what is wrong with it; its folder goes then. When it throws, nothing is
 * settled: `resumeUploads` begins again. @returns the record as it is now
 */
export async function takeInUpload(
  { datasets, blobs, ingester }: Stores,
  record: DatasetRecord,
  { request, files }: DatasetUpload,
  folder: string,
): Promise<DatasetRecord> {
  const workshop = join(folder, 'workshop')
  const settle = async (state: DatasetRecord['state']) => {
    const settled = { ...record, state }
    if (!(await datasets.replace(settled))) await blobs.deleteAll(record.id)
    await rm(folder, { recursive: true, force: true })
    return settled
  }
  try {
    await rm(workshop, { recursive: true, force: true })
    await mkdir(workshop)
    const { path, facts } = await ingester.ingest({ request, files, folder: workshop })
    const stored = await blobs.put(record.id, createReadStream(path))
    return await settle({ status: 'ready', ...stored, facts })
  } catch (error) {
    if (error instanceof FormatError) return await settle({ status: 'invalid', error: error.message })
    throw error
  }
}

/** The folder of a process's uploads. @param root of those of all processes on this host */
export function uploadsOf(root: string, pid: number): string {
  return join(root, String(pid))
}

/** The folders of uploads that processes of this host left behind when they died; to be asked before this one takes any. */
export async function leftUploads(root: string): Promise<string[]> {
  const left: string[] = []
  const names = await readdir(root).catch(() => [])
  for (const pid of names.filter(name => /^\d+$/.test(name)).map(Number)) {
    if (pid !== process.pid && isAlive(pid)) continue
    const uploads = uploadsOf(root, pid)
    left.push(...(await readdir(uploads)).map(id => join(uploads, id)))
  }
  return left
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Validates what was uploaded whole, and clears the rest away. @param onError hears of one that could not be validated */
export async function resumeUploads(
  world: Stores,
  folders: readonly string[],
  onError: (error: Error) => void,
): Promise<void> {
  for (const folder of folders) {
    const record = await world.datasets.get(basename(folder))
    const note = await readFile(join(folder, NOTE), 'utf8').catch(() => undefined)
    if (record?.state.status !== 'validating' || !note) await rm(folder, { recursive: true, force: true })
    else await takeInUpload(world, record, JSON.parse(note), folder).catch(onError)
  }
}
