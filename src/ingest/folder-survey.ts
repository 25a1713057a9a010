import { FormatError } from '#formats/format-error.ts'
import type { SplitName } from './dataset-writer.ts'
import { type Folder, imagesBelow } from './folder-tree.ts'
import { isOnlyRole, roleOf, type SplitRole } from './split-words.ts'

/** A folder of images of one class. */
export interface LabelledFolder {
  folder: Folder
  split: SplitName
  /** The names of the folders on its path without the split folders, outermost first; the last is the class. */
  labels: readonly string[]
  /** The split folder that contains it, the outermost of nested ones. */
  within?: Folder
}

/** Facts about a folder that follow from the folders above it. */
interface Context {
  split?: SplitName
  within?: Folder
  labels: readonly string[]
  /** Whether a folder above contains images of a class; images below are of the same class. */
  isInClass: boolean
}

/** The roles of the folders of a set of images. */
export interface FolderSurvey {
  labelled: LabelledFolder[]
  /** Split folders, the outermost of nested ones. */
  splits: { folder: Folder; role: SplitRole }[]
  /** Folders that contain images without a class. */
  unlabelled: Folder[]
  /** Folders beside split folders that are not splits. */
  outside: Folder[]
}

/** @param root contains all images and is not a class itself. @throws FormatError for a folder that may be a split or a class */
export function surveyFolders(root: Folder): FolderSurvey {
  const survey: FolderSurvey = { labelled: [], splits: [], unlabelled: [], outside: [] }
  visit(root, { labels: [], isInClass: false }, survey)
  return survey
}

function visit(folder: Folder, context: Context, survey: FolderSurvey): void {
  const { labels, split = 'train', within } = context
  if (folder.images > 0) {
    if (labels.length === 0) survey.unlabelled.push(folder)
    else survey.labelled.push({ folder, split, labels, ...(within && { within }) })
  }
  const inside = { ...context, isInClass: context.isInClass || (folder.images > 0 && labels.length > 0) }
  const splits = splitsAmong(folder, inside)
  const hasBoth = splits.some(({ role }) => role === 'train') && splits.some(({ role }) => role !== 'train')
  for (const child of folder.children) {
    const split = splits.find(({ folder }) => folder === child)
    if (split) visitSplit(child, split.role, inside, survey)
    else if (hasBoth) survey.outside.push(child)
    else visit(child, { ...inside, labels: inside.isInClass ? labels : [...labels, child.name] }, survey)
  }
}

/** A second folder of the same role, as in `test_set/test_set`, is part of the split and not a class. */
function visitSplit(folder: Folder, role: SplitRole, context: Context, survey: FolderSurvey): void {
  if (!context.split) survey.splits.push({ folder, role })
  let inner = folder
  while (inner.images === 0 && inner.children.length === 1 && roleOf(inner.children[0]!.name) === role)
    inner = inner.children[0]!
  const split = context.split === 'test' || role !== 'train' ? 'test' : 'train'
  visit(inner, { ...context, split, within: context.within ?? folder }, survey)
}

/** The children of a folder that are splits. @throws FormatError for one that may be a split or a class */
function splitsAmong({ children }: Folder, { split, isInClass }: Context) {
  const named = children.flatMap(folder => {
    const role = roleOf(folder.name)
    return role ? [{ folder, role }] : []
  })
  const held = named.filter(({ role }) => role !== 'train')
  const trained = named.filter(({ role }) => role === 'train')
  if (held.length > 0 && trained.length > 0) return named
  if (split === 'test') return []
  if (split === 'train') return held.filter(({ folder }) => folder.children.length > 0)
  if (isInClass) return held
  for (const { folder } of trained)
    requireClass(folder, folder.children.length > 0 && trained.length < children.length)
  for (const { folder, role } of held) requireClass(folder, folder.children.length === 0 && role === 'test')
  return held.filter(({ folder }) => folder.children.length > 0)
}

/** @throws FormatError if the folder has the name and the position of a split */
function requireClass(folder: Folder, isPlacedAsSplit: boolean): void {
  if (!isPlacedAsSplit || !isOnlyRole(folder.name)) return
  throw new FormatError(
    `${folder.path}/ (${imagesBelow(folder)} images) may be a split or a class. A split is a folder beside another split, as train/ beside test/, ` +
      'and contains a folder for each class; if it is a class, rename the folder',
  )
}
