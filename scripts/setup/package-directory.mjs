import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectDirectory } from './project-directory.mjs'

/**
 * The folder of an npm package: in the project's node_modules, or, if the project is installed as a package itself, in those above it.
 * Before any packages are installed, it is the folder that will have it.
 */
export function packageDirectory(name) {
  for (let folder = projectDirectory; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(found)) return found
  }
  return join(projectDirectory, 'node_modules', name)
}
