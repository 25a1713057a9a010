import { execFileSync } from 'node:child_process'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that can be made to take nothing more. */
export interface SmallDisk {
  path: string
  /** What a writer is told: that the disk is full, or where none can be mounted, that its file is too large. */
  error: 'ENOSPC' | 'EFBIG'
  /** @param pids the processes that write, for where it is they that are limited */
  fill(pids: readonly number[]): Promise<void>
  free(pids: readonly number[]): Promise<void>
  remove(): Promise<void>
}

const SIZE = '24m'

/** A file system of its own where this user may mount one; else a folder, and a limit on what processes may write. */
export async function openSmallDisk(): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'thresher-disk-'))
  const removeFolder = () => rm(path, { recursive: true, force: true })
  if (!mount(path)) {
    const limit = (pids: readonly number[], bytes: string) => {
      for (const pid of pids) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
    }
    return {
      path,
      error: 'EFBIG',
      fill: async pids => limit(pids, '0'),
      free: async pids => limit(pids, 'unlimited'),
      remove: removeFolder,
    }
  }
  const filler = join(path, 'filler')
  return {
    path,
    error: 'ENOSPC',
    fill: () => fillUp(filler),
    free: () => rm(filler),
    async remove() {
      execFileSync('umount', [path])
      await removeFolder()
    },
  }
}

function mount(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function fillUp(path: string): Promise<void> {
  await writeFile(path, '')
  const file = await open(path, 'a')
  try {
    for (;;) await file.write(Buffer.alloc(4096))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await file.close()
  }
}
