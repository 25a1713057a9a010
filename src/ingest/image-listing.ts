import { posix } from 'node:path'
import { FormatError } from '#formats/format-error.ts'

const SUPPORTED = /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|bmp|dib|p[bgpn]m)$/i
/** Image formats that are not supported. They are an error, because examples would be missing if they were skipped. */
const UNSUPPORTED = /\.(hei[cf]|jxl|jp2|j2k|jpx|tga|pcx|dcm|dicom|nii|exr|hdr|dds|cr2|nef|arw|dng)$/i
/** A limit, because the path of each is kept in memory. */
const MOST_FOLDERS = 100_000

/** Whether a file must be an image, by its extension. */
export function isImageName(path: string): boolean {
  return SUPPORTED.test(path)
}

/** The folder of a file; '' at the top. */
export function folderOfFile(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}

/** Counts the images of each folder, and the other files by extension. */
export class ImageListing {
  readonly folders = new Map<string, number>()
  readonly #skipped = new Map<string, number>()

  /** @param source of the file in errors. @throws FormatError for an image format that is not supported */
  add(path: string, source: string): void {
    if (UNSUPPORTED.test(path))
      throw new FormatError(
        `${source} has an image format that is not supported (${posix.extname(path)}); convert it to PNG or JPEG`,
      )
    const counts = isImageName(path) ? this.folders : this.#skipped
    const key = isImageName(path) ? folderOfFile(path) : kindOf(path)
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (this.folders.size > MOST_FOLDERS)
      throw new FormatError(`${source}: there are more than ${MOST_FOLDERS} folders of images`)
  }

  /** @throws FormatError when no file is an image */
  requireImages(): void {
    if (this.folders.size > 0) return
    throw new FormatError(`there are no images: ${this.skipped ?? 'there are no files'}`)
  }

  /** A sentence about the skipped files; undefined if there are none. */
  get skipped(): string | undefined {
    if (this.#skipped.size === 0) return undefined
    const kinds = [...this.#skipped].sort(([, a], [, b]) => b - a)
    const count = kinds.reduce((sum, [, number]) => sum + number, 0)
    const named = kinds.slice(0, 10).map(([kind, number]) => `${number} ${kind}`)
    return `${count} ${count === 1 ? 'file that is not an image was' : 'files that are not images were'} skipped: ${named.join(', ')}.`
  }
}

function kindOf(path: string): string {
  return posix.extname(path).toLowerCase() || 'without an extension'
}
