/** The digest of the sources in `kernels/`; `scripts/build-wasm.mjs` writes it. */
export const KERNEL_SOURCES = 'a0e5e86baa94fedff89a667b33c2ecb1771a186325052be7a3508553ae07af4c'
