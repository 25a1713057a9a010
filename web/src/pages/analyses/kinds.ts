import type { Analysis, ListedAnalysis } from '@thresher/client'

/** What each kind of analysis answers, with its title. */
export const KINDS: Readonly<Record<Analysis['kind'], { title: string; question: string }>> = {
  connectivity: {
    title: 'Connectivity',
    question: 'Is there a path of low loss between the models of two jobs?',
  },
  plane: {
    title: 'Plane',
    question:
      'What does the loss look like on a plane through two models and a curve, or through three models?',
  },
  hessian: {
    title: 'Hessian',
    question: 'Do the models differ from the last one along the directions in which the loss is curved?',
  },
  layers: { title: 'Zeros by layer', question: 'Which layers have the zeros?' },
  structure: {
    title: 'Structure',
    question: 'Which channels and units do nothing, and what does the network cost without them?',
  },
  normRatio: {
    title: 'Norm ratio',
    question: 'Over how many weights is the magnitude of a model spread, at each kept epoch?',
  },
  evaluation: {
    title: 'Evaluation',
    question: 'How good is a model on a dataset, class by class, and beside a second model?',
  },
  tradeoff: { title: 'Trade-off', question: 'How accurate and how large is a model at other sparsities?' },
}

/** The name of an analysis, or its kind for one without a name. */
export function analysisName({ name, kind }: Pick<ListedAnalysis, 'name' | 'kind'>): string {
  return name ?? KINDS[kind]?.title ?? kind
}
