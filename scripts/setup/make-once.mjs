import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { projectDirectory } from './project-directory.mjs'

/** Not sources, in a folder that is one. */
const generated = ['dist', 'node_modules']

/**
 * Calls `make`, which writes the folder `output`, unless the folder exists and the sources, files and folders, are unchanged since it was
 * made. Resolves with whether it was called.
 */
export async function makeOnce(name, { sources, output, make }) {
  const stamp = join(projectDirectory, 'node_modules/.cache/thresher', `${name}.built`)
  const state = stateOf(sources)
  if (existsSync(join(projectDirectory, output)) && read(stamp) === state) return false
  // An interrupted build leaves no stamp.
  await rm(stamp, { force: true })
  await make()
  await mkdir(dirname(stamp), { recursive: true })
  await writeFile(stamp, state)
  return true
}

/** A digest of names, sizes and times of change: each start asks for it, and reading a thousand files would take too long. */
function stateOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap(listFiles)) {
    const { size, mtimeMs } = statSync(join(projectDirectory, path))
    hash.update(`${path}\0${size}\0${mtimeMs}\0`)
  }
  return hash.digest('hex')
}

/** The files of a folder in a fixed order; or the file itself, if there is one. */
function listFiles(path) {
  const stats = statSync(join(projectDirectory, path), { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return stats ? [path] : []
  const entries = readdirSync(join(projectDirectory, path), { withFileTypes: true })
    .filter(({ name }) => !generated.includes(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap(entry => {
    const inside = join(path, entry.name)
    return entry.isDirectory() ? listFiles(inside) : [inside]
  })
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
