/**
 * Performs programs as one of the threads of a WebAssembly host until the worker is terminated.
 *
 * @param {import('./platform.ts').ThreadStart} start
 * @param {() => void} onReady called before the first program
 */
export async function serveThread({ module, memory, thread, stack }, onReady) {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  exports.__stack_pointer.value = stack
  onReady()
  exports.serve(thread)
}
