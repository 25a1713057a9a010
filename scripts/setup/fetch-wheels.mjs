import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installSystemPackages } from './install-system-packages.mjs'
import { showProgress } from './progress.mjs'
import { runCommand, works } from './run-command.mjs'

const machines = { x64: 'x86_64', arm64: process.platform === 'darwin' ? 'arm64' : 'aarch64' }
const platforms = {
  linux: ['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014'],
  darwin: ['macosx_11_0'],
}

const unpackScript = `
import pathlib, sys, zipfile
folder, into, *prefixes = sys.argv[1:]
for wheel in pathlib.Path(folder).glob('*.whl'):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into, [name for name in archive.namelist() if name.startswith(tuple(prefixes))])
`

/**
 * Downloads wheels by requirements with digests and unpacks the files that begin with one of `prefixes` to the folder `into`: all of
 * them or none, even if two processes do this at a time.
 */
export async function fetchWheels(label, requirements, { into, prefixes }) {
  await requirePip()
  await mkdir(join(into, '..'), { recursive: true })
  const partial = await mkdtemp(`${into}-partial-`)
  try {
    await download(label, requirements, partial)
    const unpacking = runCommand('python3', [
      '-c',
      unpackScript,
      partial,
      join(partial, 'unpacked'),
      ...prefixes,
    ])
    await showProgress('Unpacking', unpacking)
    await rename(join(partial, 'unpacked'), into).catch(async error => {
      // A concurrent setup has already unpacked the same files.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Requests the files for CPython 3.11, regardless of the Python that runs pip: the libraries in them are the same for all versions. */
async function download(label, requirements, folder) {
  const list = join(folder, 'requirements.txt')
  await writeFile(list, `${requirements.join('\n')}\n`)
  const tags = platforms[process.platform].flatMap(tag => ['--platform', `${tag}_${machines[process.arch]}`])
  const options = [
    '--no-deps',
    '--only-binary=:all:',
    '--python-version=3.11',
    '--implementation=cp',
    ...tags,
  ]
  const quiet = ['--quiet', '--no-cache-dir', '--disable-pip-version-check', '--retries=2']
  const command = [
    '-m',
    'pip',
    'download',
    ...quiet,
    ...options,
    '--require-hashes',
    '-r',
    list,
    '-d',
    folder,
  ]
  // TMPDIR makes pip write to this folder, so that its size can be watched and a small /tmp is not filled.
  const pip = runCommand('python3', command, { env: { ...process.env, TMPDIR: folder } })
  let megabytes = 0
  const watch = setInterval(async () => {
    megabytes = Math.round((await sizeBytes(folder)) / 1e6)
  }, 500)
  await showProgress(label, pip, () => (megabytes > 0 ? `, ${megabytes} MB` : '')).finally(() =>
    clearInterval(watch),
  )
}

async function sizeBytes(folder) {
  const files = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    files.map(file =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function requirePip() {
  const hasPip = () => works('python3', ['-m', 'pip', '--version'])
  if (await hasPip()) return
  if ((await installSystemPackages(['python3', 'python3-pip'])) && (await hasPip())) return
  throw new Error('Python 3 with pip is missing. Run `sudo apt-get install python3-pip`, then try again.')
}
