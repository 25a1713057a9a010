import { create, globals } from 'webgpu'
import { DawnBackend } from './dawn-backend.ts'
import { DawnEvents } from './dawn-events.ts'

/** The limits that the package needs above the minimum that every device has. */
const LIMITS = [
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
  'maxStorageBufferBindingSize',
] as const

const DRIVERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'Metal', win32: 'Direct3D 12' }

/** Opens the machine's fastest GPU through Dawn. @throws Error when there is no GPU, or no driver for it */
export async function openDawn(): Promise<{ backend: DawnBackend; info: GPUAdapterInfo }> {
  const events = new DawnEvents()
  Object.assign(globalThis, globals)
  const gpu = create([])
  offerGpu(gpu)
  const adapter = await events.settle(() => gpu.requestAdapter({ powerPreference: 'high-performance' }))
  if (!adapter) throw new Error(explainAbsence())
  const requiredLimits = Object.fromEntries(LIMITS.map(limit => [limit, adapter.limits[limit]]))
  const device = await events.settle(() => adapter.requestDevice({ requiredLimits }))
  return { backend: new DawnBackend(device, adapter.info, events), info: adapter.info }
}

/** Defines `navigator.gpu`, with which the package checks whether WebGPU is available. Node 20 has no navigator. */
function offerGpu(gpu: GPU): void {
  const stores = globalThis as { navigator?: object }
  stores.navigator ??= {}
  Object.defineProperty(stores.navigator, 'gpu', { value: gpu, configurable: true })
}

function explainAbsence(): string {
  const driver = DRIVERS[process.platform]
  if (driver) return `there is no ${driver} device`
  return 'there is no Vulkan device: it needs the driver of a GPU and the Vulkan loader, libvulkan.so.1'
}
