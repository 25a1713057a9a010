import type { GetPromptResult, Prompt } from '@modelcontextprotocol/sdk/types.js'
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js'
import { rounded } from './compact.ts'

export const PROMPTS: readonly Prompt[] = [
  {
    name: 'train_sparse_model',
    title: 'Train a sparse model',
    description: 'Plans, trains, measures and downloads a network with a given share of zeros.',
    arguments: [
      { name: 'model', description: 'A preset or the id of a model. Default: mnist-mlp.' },
      { name: 'sparsity', description: 'The share of zeros, between 0 and 1. Default: 0.95.' },
      { name: 'dataset', description: 'The id of a dataset. Default: that of the preset.' },
    ],
  },
]

/** @throws McpError for an unknown prompt or a sparsity that is not a share */
export function getPrompt(name: string, args: Record<string, string> = {}): GetPromptResult {
  const prompt = PROMPTS.find(candidate => candidate.name === name)
  if (!prompt) throw new McpError(ErrorCode.InvalidParams, `There is no prompt ${name}.`)
  const { model = 'mnist-mlp', sparsity = '0.95', dataset } = args
  if (!(Number(sparsity) > 0 && Number(sparsity) < 1))
    throw new McpError(ErrorCode.InvalidParams, 'sparsity must be a number between 0 and 1, such as 0.95.')
  const text = [
    `Train the model ${model}${dataset ? ` on the dataset ${dataset}` : ''} so that ${rounded(100 * Number(sparsity))} % of its weights are zero.`,
    '1. Find the model and the dataset with list_models and list_datasets.',
    `2. Check a job with plan: the optimizer grda with a learning rate that works for SGD without momentum, mu 0.6, and "target": {"sparsity": ${sparsity}}. Correct every mistake and every warning that matters. Show me parameters, memory and duration, and ask me before you continue.`,
    '3. submit it, and call watch until it has ended. If it fails, call explain_error.',
    '4. Call tradeoff with measure. Show me the accuracy at this sparsity and at the neighbouring points of the Pareto front.',
    '5. download the point that I choose.',
  ].join('\n')
  return { description: prompt.description!, messages: [{ role: 'user', content: { type: 'text', text } }] }
}
