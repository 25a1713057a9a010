import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const runtimeDirectory = fileURLToPath(new URL('..', import.meta.url))
export const kernelDirectory = join(runtimeDirectory, 'kernels')

/**
 * A digest of the names and contents of all sources of the kernels, and of how they are compiled.
 * @param {unknown} commands the latter; absent for the sources alone
 */
export async function digestOfKernels(commands = []) {
  const names = (await readdir(kernelDirectory, { recursive: true })).filter(name => /\.(cc|h)$/.test(name))
  const hash = createHash('sha256').update(JSON.stringify(commands))
  for (const name of names.sort())
    hash.update(`\0${name}\0`).update(await readFile(join(kernelDirectory, name)))
  return hash.digest('hex')
}
