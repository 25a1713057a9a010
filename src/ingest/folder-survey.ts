import { FormatError } from '#formats/format-error.ts'
import type { SplitName } from './dataset-writer.ts'
import { type Folder, imagesBelow } from './folder-tree.ts'
import { isOnlyRole, roleOf, type SplitRole } from './split-words.ts'

/** A folder of images of one class. */
export interface LabelledFolder {
  folder: Folder
  split: SplitName
  /** The folders around it and itself, outermost first, without those of splits: the last names the class. */
  labels: readonly string[]
  /** The outermost folder of a split around it. */
  within?: Folder
}

/** What is known of a folder from those above it. */
interface Context {
  split?: SplitName
  within?: Folder
  labels: readonly string[]
  /** It lies below a folder that has images of a class: its own are of that class too. */
  isInClass: boolean
}

/** What was found on a walk through the folders of a set of images. */
export interface FolderSurvey {
  labelled: LabelledFolder[]
  /** Folders of splits, the outermost of each. */
  splits: { folder: Folder; role: SplitRole }[]
  /** Folders whose images have no class, and those beside splits that are of none. */
  unlabelled: Folder[]
  outside: Folder[]
}

/** @param root has everything in it, and names no class itself. @throws FormatError for a folder that can be read two ways */
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

/** A folder of a split; one that is all there is in it and says the same, as `test_set/test_set`, is no class either. */
function visitSplit(folder: Folder, role: SplitRole, context: Context, survey: FolderSurvey): void {
  if (!context.split) survey.splits.push({ folder, role })
  let inner = folder
  while (inner.images === 0 && inner.children.length === 1 && roleOf(inner.children[0]!.name) === role)
    inner = inner.children[0]!
  const split = context.split === 'test' || role !== 'train' ? 'test' : 'train'
  visit(inner, { ...context, split, within: context.within ?? folder }, survey)
}

/** Those children of a folder that are splits. @throws FormatError for one that may be a split or a class */
function splitsAmong({ children }: Folder, { split, isInClass }: Context) {
  const named = children.flatMap(folder => {
    const role = roleOf(folder.name)
    return role ? [{ folder, role }] : []
  })
  const held = named.filter(({ role }) => role !== 'train')
  const trained = named.filter(({ role }) => role === 'train')
  if (held.length > 0 && trained.length > 0) return named
  if (split) return []
  if (isInClass) return held
  for (const { folder } of trained)
    requireClass(folder, folder.children.length > 0 && trained.length < children.length)
  for (const { folder, role } of held) requireClass(folder, folder.children.length === 0 && role === 'test')
  return held.filter(({ folder }) => folder.children.length > 0)
}

/** @throws FormatError for a folder that is called as a split is, and nothing else, and lies as that one would */
function requireClass(folder: Folder, liesAsSplit: boolean): void {
  if (!liesAsSplit || !isOnlyRole(folder.name)) return
  throw new FormatError(
    `${folder.path}/ (${imagesBelow(folder)} images) may be a split or a class. A split lies beside another, as train/ beside test/, ` +
      'and has a folder for each class in it; if it is a class, rename the folder',
  )
}
