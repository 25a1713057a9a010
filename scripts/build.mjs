// Writes dist/: the JavaScript of src and workers, which runs without tsx. Packages still come from node_modules.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectDirectory } from './setup/project-directory.mjs'

const folders = ['src', 'workers']
process.chdir(projectDirectory)
rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('node_modules/.bin/tsc', ['--project', 'tsconfig.build.json'], {
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)
for (const folder of folders) {
  cpSync(folder, join('dist', folder), { recursive: true, filter: isAsset })
}

// Node resolves #domain/job.ts with the nearest package.json, which maps it to the compiled files here.
const { name, version, type, imports } = JSON.parse(readFileSync('package.json', 'utf8'))
const compiled = Object.entries(imports)
  .filter(([, target]) => folders.includes(target.split('/')[1]))
  .map(([key, target]) => [key, target.replace(/\.ts$/, '.js')])
const manifest = { name, version, private: true, type, imports: Object.fromEntries(compiled) }
writeFileSync('dist/package.json', `${JSON.stringify(manifest, null, 2)}\n`)

/** Files that are not TypeScript are read at run time, beside the code. */
function isAsset(path) {
  return statSync(path).isDirectory() || !path.endsWith('.ts')
}
