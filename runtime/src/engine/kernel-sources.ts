/** The digest of the sources in `kernels/`; `scripts/build-wasm.mjs` writes it. */
export const KERNEL_SOURCES = '5ea673aea5fddfafa9804c271bffbbfa900883e1ad9f54301b17e471f3bf977a'
