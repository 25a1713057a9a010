import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compileService } from './compile-service.mjs'
import { makeOnce } from './make-once.mjs'
import { showProgress } from './progress.mjs'
import { projectDirectory } from './project-directory.mjs'
import { runCommand } from './run-command.mjs'

/** Builds the dashboard, the command line and the service, each unless its sources and those of its dependencies are unchanged since its last build. */
export async function buildPrograms() {
  const { workspaces } = await readManifest('.')
  const built = []
  for (const workspace of workspaces) {
    const { scripts = {} } = await readManifest(workspace)
    if (scripts.build && (await build(workspace))) built.push(workspace)
  }
  if (await compileService()) built.push('service')
  return built.length > 0 ? `Built: ${built.join(', ')}.` : 'Dashboard, command line and service: up to date.'
}

/** Resolves with whether there was anything to do. */
async function build(workspace) {
  const sources = [workspace, 'client', 'package-lock.json']
  return await makeOnce(workspace, {
    sources,
    output: join(workspace, 'dist'),
    async make() {
      const command = ['run', 'build', '--workspace', workspace]
      const building = runCommand('npm', command, { cwd: projectDirectory })
      await showProgress(`Building ${workspace}`, building).catch(error => {
        const problem = `${workspace} could not be built: see the output above, then run \`npm ${command.join(' ')}\`.`
        throw Object.assign(new Error(problem), { output: error.output })
      })
    },
  })
}

async function readManifest(folder) {
  return JSON.parse(await readFile(join(projectDirectory, folder, 'package.json'), 'utf8'))
}
