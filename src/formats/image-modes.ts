/** Converts colors to gray levels like PIL's `convert('L')`: the luma of ITU-R 601-2 in PIL's integer arithmetic. */
export function greyOf(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3)
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3)
    grey[pixel] = (rgb[at]! * 19_595 + rgb[at + 1]! * 38_470 + rgb[at + 2]! * 7_471 + 0x80_00) >> 16
  return grey
}

/** Converts CMYK to RGB like PIL's `convert('RGB')`, without a color profile. */
export function rgbOfCmyk(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3)
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = 255 - cmyk[from + 3]!
    for (let ink = 0; ink < 3; ink++) rgb[to + ink] = light - productOf(cmyk[from + ink]!, light)
  }
  return rgb
}

/** a * b / 255, rounded. */
function productOf(a: number, b: number): number {
  const product = a * b + 128
  return ((product >> 8) + product) >> 8
}
