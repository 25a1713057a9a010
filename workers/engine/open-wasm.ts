import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { version_wasm } from '@tensorflow/tfjs-backend-wasm'
import type { Engine } from './engine.ts'

/** Opens the WebAssembly engine. */
export async function openWasm(): Promise<Engine> {
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly did not start')
  return { name: 'wasm', device: 'cpu', version: `tfjs-backend-wasm ${version_wasm}`, threads: 1 }
}
