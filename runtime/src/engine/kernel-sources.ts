/** The digest of the sources in `kernels/`; `scripts/build-wasm.mjs` writes it. */
export const KERNEL_SOURCES = '034f23d901b13441ca3bee0223155946ee1145102bb7f4c062804b439389708a'
