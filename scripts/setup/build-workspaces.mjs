import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { showProgress } from './progress.mjs'
import { projectDirectory } from './project-directory.mjs'
import { runCommand } from './run-command.mjs'

/** Not sources of a workspace. */
const generated = ['dist', 'node_modules']

/** Builds the dashboard and the command line, each unless its sources and those of its dependencies are unchanged since its last build. */
export async function buildWorkspaces() {
  const { workspaces } = await readManifest('.')
  const built = []
  for (const workspace of workspaces) {
    const { scripts = {} } = await readManifest(workspace)
    if (scripts.build && (await build(workspace))) built.push(workspace)
  }
  return built.length > 0 ? `Built: ${built.join(', ')}.` : 'Dashboard and command line: up to date.'
}

/** Resolves with whether there was anything to do. */
async function build(workspace) {
  const stamp = join(projectDirectory, 'node_modules/.cache/thresher', `${workspace}.built`)
  const digest = await digestOf([workspace, 'client', 'package-lock.json'])
  const last = await readFile(stamp, 'utf8').catch(() => undefined)
  if (last === digest && existsSync(join(projectDirectory, workspace, 'dist'))) return false
  // An interrupted build leaves no stamp.
  await rm(stamp, { force: true })
  const command = ['run', 'build', '--workspace', workspace]
  const building = runCommand('npm', command, { cwd: projectDirectory })
  await showProgress(`Building ${workspace}`, building).catch(error => {
    const problem = `${workspace} could not be built: see the output above, then run \`npm ${command.join(' ')}\`.`
    throw Object.assign(new Error(problem), { output: error.output })
  })
  await mkdir(dirname(stamp), { recursive: true })
  await writeFile(stamp, digest)
  return true
}

/** A digest of the names and the contents of files, and of all files in folders. */
async function digestOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths)
    for (const file of await listFiles(path))
      hash.update(`${file}\0`).update(await readFile(join(projectDirectory, file)))
  return hash.digest('hex')
}

/** The files of a folder in a fixed order, or the file itself. */
async function listFiles(path) {
  const entries = await readdir(join(projectDirectory, path), { withFileTypes: true }).catch(() => undefined)
  if (!entries) return [path]
  const sources = entries.filter(({ name }) => !generated.includes(name)).map(({ name }) => join(path, name))
  const lists = await Promise.all(sources.sort().map(listFiles))
  return lists.flat()
}

async function readManifest(folder) {
  return JSON.parse(await readFile(join(projectDirectory, folder, 'package.json'), 'utf8'))
}
