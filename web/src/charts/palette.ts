/**
 * The colours of Okabe and Ito (2008), which readers with every type of colour vision tell apart, in an order and
 * without those that vanish on the ground of the theme.
 */
const LIGHT = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']
const DARK = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#f0e442', '#ffffff']

/** Solid, long, short, dotted and mixed; in pixels, drawn and left out. */
const DASHES = [[], [8, 4], [4, 3], [1.5, 3], [8, 3, 1.5, 3]]

export interface LineStyle {
  colour: string
  dash: number[]
}

/** The style of the curve with an index: each next curve has another colour, and each next round another dash. */
export function lineStyle(index: number, dark: boolean): LineStyle {
  const colours = dark ? DARK : LIGHT
  return {
    colour: colours[index % colours.length]!,
    dash: DASHES[Math.floor(index / colours.length) % DASHES.length]!,
  }
}

/** The same with another dash for each next curve: for few curves, which must differ without colour too. */
export function dashedStyle(index: number, dark: boolean): LineStyle {
  return { ...lineStyle(index, dark), dash: DASHES[index % DASHES.length]! }
}
