// Writes the JavaScript of src, workers and `npm start`, and the dashboard, to dist/, or to the folder named by the first argument. It runs
// without tsx. Packages still come from node_modules.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildWorkspaces } from './setup/build-workspaces.mjs'
import { projectDirectory } from './setup/project-directory.mjs'

const folders = ['src', 'workers']
const output = process.argv[2] ?? 'dist'
process.chdir(projectDirectory)
rmSync(output, { recursive: true, force: true })
const arguments_ = ['--project', 'tsconfig.build.json', '--outDir', output]
const { status } = spawnSync('node_modules/.bin/tsc', arguments_, { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
for (const folder of folders) {
  cpSync(folder, join(output, folder), { recursive: true, filter: isAsset })
}
await buildWorkspaces()
cpSync('web/dist', join(output, 'web/dist'), { recursive: true })

// Node resolves #domain/job.ts with the nearest package.json, which maps it to the compiled files here.
const { name, version, type, imports } = JSON.parse(readFileSync('package.json', 'utf8'))
const compiled = Object.entries(imports)
  .filter(([, target]) => folders.includes(target.split('/')[1]))
  .map(([key, target]) => [key, target.replace(/\.ts$/, '.js')])
const manifest = { name, version, private: true, type, imports: Object.fromEntries(compiled) }
writeFileSync(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)

/** Files that are not TypeScript are read at run time, beside the code. */
function isAsset(path) {
  return statSync(path).isDirectory() || !path.endsWith('.ts')
}
