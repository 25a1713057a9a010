import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory } from './cache-directory.mjs'
import { fetchWheels } from './fetch-wheels.mjs'
import { runCommand } from './run-command.mjs'
import { cudaWheels, tensorflowWheels } from './wheels.mjs'

const headerFolders = ['tensorflow/c/', 'tensorflow/core/platform/', 'tensorflow/tsl/', 'tsl/', 'xla/tsl/']
const prefixes = [
  'nvidia/',
  'tensorflow/libtensorflow_',
  ...headerFolders.map(path => `tensorflow/include/${path}`),
]

/**
 * The sources of libtensorflow, best first: `provide()` resolves with the folders of its libraries and headers.
 * THRESHER_LIBTENSORFLOW names a folder with lib and include; otherwise it is a wheel for THRESHER_DEVICE, cpu or cuda.
 */
export function listTensorflowSources(env) {
  if (env.THRESHER_LIBTENSORFLOW) {
    const folder = env.THRESHER_LIBTENSORFLOW
    const provide = () => ({ lib: join(folder, 'lib'), include: join(folder, 'include') })
    return [{ name: `THRESHER_LIBTENSORFLOW=${folder}`, provide }]
  }
  const kind = `${process.platform} ${process.arch} ${env.THRESHER_DEVICE || 'cpu'}`
  if (!tensorflowWheels[kind]) throw new Error(`no TensorFlow build is known for ${kind}`)
  return tensorflowWheels[kind].map(wheel => ({
    name: `TensorFlow ${/==(\S+)/.exec(wheel)[1]}`,
    provide: () => unpackTensorflow(env, kind, wheel),
  }))
}

/** The folders have the layout of a Python installation, so that TensorFlow finds the CUDA libraries beside it. */
async function unpackTensorflow(env, kind, wheel) {
  const [name, version] = wheel.split(/==| /)
  const into = join(cacheDirectory(env), `${name}-${version}-${process.arch}`)
  const cuda = kind.endsWith('cuda') && !(await hasCuda()) ? cudaWheels : []
  if (!existsSync(into)) {
    const size = kind.endsWith('cuda') ? '2.4 GB with CUDA' : '270 MB'
    await fetchWheels(`Fetching TensorFlow ${version} (about ${size})`, [wheel, ...cuda], { into, prefixes })
  }
  return { lib: join(into, 'tensorflow'), include: join(into, 'tensorflow/include') }
}

/** Whether the system has the version of CUDA that TensorFlow 2.18 and later load. */
async function hasCuda() {
  const libraries = await runCommand('ldconfig', ['-p']).catch(() => '')
  return ['libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9'].every(name => libraries.includes(name))
}
