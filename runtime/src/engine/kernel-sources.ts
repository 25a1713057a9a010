/** The digest of the sources in `kernels/`; `scripts/build-wasm.mjs` writes it. */
export const KERNEL_SOURCES = 'dfdbc73b4636788cff9f7be11ffc556d2a62e95c48df6bf1d45d41a07832a408'
