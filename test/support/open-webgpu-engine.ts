import { constants } from 'node:os'
import { softwareVulkan } from '#scripts/software-vulkan.ts'
import type { Engine } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

/** dlopen's flag by which a library stays in the process. */
const RTLD_NODELETE = 0x1000

/** Opens the webgpu engine in this process, on SwiftShader unless VK_DRIVER_FILES names a GPU's driver. */
export async function openWebgpuEngine(): Promise<Engine> {
  const vulkan = await softwareVulkan()
  if (vulkan) {
    process.env.VK_DRIVER_FILES = vulkan.driver
    keepLibrary(vulkan.loader)
  }
  return openEngine('webgpu')
}

/** A library that the process has is found by its name. LD_LIBRARY_PATH is read when a process begins, and never again. */
function keepLibrary(path: string): void {
  try {
    process.dlopen({ exports: {} }, path, constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch {
    // It is no addon, which Node finds once it is loaded.
  }
}
