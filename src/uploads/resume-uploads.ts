import { mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isAlive } from '#children/is-alive.ts'
import { type DatasetUpload, DESCRIPTION_FILE, ingestUpload, type UploadStores } from './ingest-upload.ts'
import { attemptsOf } from './upload-attempts.ts'

/** The folder of a process's uploads. @param root of the uploads of all processes on this host */
export function uploadsOf(root: string, pid: number): string {
  return join(root, String(pid))
}

/**
 * Takes over the uploads of processes of this host that have died. Must be called before this process accepts uploads, because an
 * earlier process may have had the same id.
 * @returns their folders
 */
export async function claimUploads(root: string): Promise<string[]> {
  const own = uploadsOf(root, process.pid)
  for (const pid of await processesWith(root)) {
    const theirs = uploadsOf(root, pid)
    if (pid === process.pid || (await isInUse(theirs, pid))) continue
    await mkdir(own, { recursive: true })
    // An upload that another process claims at the same time no longer exists here.
    for (const id of await namesIn(theirs)) await rename(join(theirs, id), join(own, id)).catch(() => {})
    await rmdir(theirs).catch(() => {})
  }
  return (await namesIn(own)).map(id => join(own, id))
}

/** The ids of the datasets whose files are below a root, of all processes. */
export async function uploadIds(root: string): Promise<Set<string>> {
  const processes = await processesWith(root)
  const ids = await Promise.all(processes.map(pid => namesIn(uploadsOf(root, pid))))
  return new Set(ids.flat())
}

/**
 * Validates the complete uploads and deletes the others. Uploads that were being read when the service ended are read one after another, so
 * that only an upload that crashes the service is counted as crashing it.
 * @param onFault called for each upload that could not be read or settled because of a fault of the service
 */
export async function resumeUploads(
  stores: UploadStores,
  folders: readonly string[],
  onFault: (error: Error, id: string) => void,
): Promise<void> {
  const resume = async (folder: string) => {
    const id = basename(folder)
    const record = await stores.datasets.get(id)
    const upload = await descriptionIn(folder)
    if (record?.state.status !== 'validating' || !upload) await rm(folder, { recursive: true, force: true })
    else await ingestUpload(stores, record, upload, folder, error => onFault(error, id))
  }
  const resumeAll = async (some: readonly string[]) => {
    for (const folder of some) await resume(folder).catch(error => onFault(error, basename(folder)))
  }
  const suspects = folders.filter(folder => attemptsOf(folder) > 0)
  const others = folders.filter(folder => !suspects.includes(folder))
  await Promise.all([resumeAll(suspects), ...others.map(folder => resumeAll([folder]))])
}

/** The files may have been moved since the description was written, so their paths are built again. */
async function descriptionIn(folder: string): Promise<DatasetUpload | undefined> {
  const text = await readFile(join(folder, DESCRIPTION_FILE), 'utf8').catch(() => undefined)
  if (!text) return undefined
  const upload: DatasetUpload = JSON.parse(text)
  if ('folder' in upload.request) return upload
  return {
    ...upload,
    files: upload.files.map(({ name, path }) => ({ name, path: join(folder, basename(path)) })),
  }
}

async function processesWith(root: string): Promise<number[]> {
  return (await namesIn(root)).filter(name => /^\d+$/.test(name)).map(Number)
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => [])
}

/** Whether the process that made a folder is still running. Some file systems do not store the creation time of a folder. */
async function isInUse(folder: string, pid: number): Promise<boolean> {
  const { birthtimeMs } = await stat(folder).catch(() => ({ birthtimeMs: 0 }))
  return await isAlive(pid, birthtimeMs || Date.now())
}
