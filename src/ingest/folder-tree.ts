/** A folder, with the number of images that it contains directly. */
export interface Folder {
  name: string
  /** The path from the top folder, separated by slashes. */
  path: string
  images: number
  children: readonly Folder[]
}

/** The folders that contain images and the folders above them. @param images how many each contains directly, by path; '' is the top */
export function folderTree(images: ReadonlyMap<string, number>): Folder {
  interface Open extends Folder {
    children: Open[]
  }
  const top: Open = { name: '', path: '', images: images.get('') ?? 0, children: [] }
  const known = new Map<string, Open>([['', top]])
  const open = (path: string): Open => {
    const found = known.get(path)
    if (found) return found
    const cut = path.lastIndexOf('/')
    const folder: Open = { name: path.slice(cut + 1), path, images: images.get(path) ?? 0, children: [] }
    open(path.slice(0, Math.max(cut, 0))).children.push(folder)
    known.set(path, folder)
    return folder
  }
  for (const path of [...images.keys()].sort()) open(path)
  return top
}

/** The number of images in a folder and below it. */
export function imagesBelow({ images, children }: Folder): number {
  return children.reduce((sum, child) => sum + imagesBelow(child), images)
}

/** The innermost folder that contains all images, and its ancestors. */
export function commonFolder(top: Folder): { folder: Folder; passed: Folder[] } {
  const passed: Folder[] = []
  let folder = top
  while (folder.images === 0 && folder.children.length === 1) {
    folder = folder.children[0]!
    passed.push(folder)
  }
  return { folder, passed }
}
