import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import * as tf from '@tensorflow/tfjs-core'
import type { DawnEvents } from './dawn-events.ts'

/** The package's backend, extended by synchronous reads of values; the package's own implementation needs a browser's canvas. */
export class DawnBackend extends WebGPUBackend {
  readonly #events: DawnEvents
  #fault: string | undefined

  constructor(device: GPUDevice, info: GPUAdapterInfo, events: DawnEvents) {
    super(device, info)
    this.#events = events
    device.addEventListener('uncapturederror', event => {
      this.#fault ??= (event as GPUUncapturedErrorEvent).error.message
    })
  }

  /** @throws Error when the device has reported an error since it was opened, because results after an error are not valid */
  override readSync(dataId: tf.DataId): tf.BackendValues {
    const { values, resource, dtype } = this.tensorMap.get(dataId)
    if (values) return values
    const bytes = this.#download(resource as GPUBuffer)
    if (this.#fault !== undefined) throw new Error(`The GPU refused an operation: ${this.#fault}`)
    return tf.util.convertBackendValuesAndArrayBuffer(bytes, dtype as tf.NumericDataType)
  }

  override async read(dataId: tf.DataId): Promise<tf.BackendValues> {
    return this.readSync(dataId)
  }

  #download(buffer: GPUBuffer): ArrayBuffer {
    const staging = this.bufferManager.acquireBuffer(
      buffer.size,
      GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    )
    this.#submit()
    const encoder = this.device.createCommandEncoder()
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size)
    this.queue.submit([encoder.finish()])
    const bytes = this.#events.readBuffer(staging)
    this.bufferManager.releaseBuffer(staging)
    return bytes
  }

  /** Submits the operations that the package has not submitted yet. */
  #submit(): void {
    this.ensureCommandEncoderReady()
    this.endComputePassEncoder()
    this.submitQueue()
  }
}
