/** The digest of the sources in `kernels/`; `scripts/build-wasm.mjs` writes it. */
export const KERNEL_SOURCES = 'fd6296881c165b0be8827ae3f230d88d4d264e72a7d134b0c81c981aaa93ac11'
