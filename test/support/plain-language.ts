/** Words that this project once used for its parts, and the terms that replaced them. */
const RETIRED: readonly (readonly [RegExp, string])[] = [
  [/\binsist/i, 'retry until answered'],
  [/\bkeeps? trying\b|\bin vain\b/i, 'retry, superseded'],
  [/\b(bury|buried)\b|\bfrom the dead\b/i, 'reclaim'],
  [/\bforgotten\b|\bforgetful\b/i, 'missing, not durable'],
  [/\b(?<!the )last words?\b/i, 'tail of stderr'],
  [/\bworkshop\b/i, 'work directory'],
  [/\bingredients?\b|\bfeeding\b/i, 'step functions, input pipeline'],
  [/\bculprits?\b/i, 'non-finite variables'],
  [/\bsweep(s|ing)?\b.*\borphan|\borphan.*\bsw(eep|ept)/i, 'delete orphan blobs'],
  [/\bnudged?\b/i, 'perturb'],
  [/\bvaried (images?|batch(es)?)\b|\bvar(y|ies|ying) (images?|batch(es)?)\b/i, 'augmented images, augment'],
  [/\bswept away\b/i, 'deleted'],
]

/** Phrases that a reader has to decode, and what to write instead. */
const OBSCURE: readonly (readonly [RegExp, string])[] = [
  [
    /\b(is|are|was|were|be|been) told\b|\btells?\b(?! apart)|\bnews\b/i,
    'report, receive, show; message, event',
  ],
  [/\b(go|goes|going|went) on\b/i, 'continue, resume'],
  [/\b(whoever|somebody|nobody|someone|anybody|anyone)\b/i, 'the client, the operator, the worker'],
  [/\bof (its|their|one's|our) own\b(?! \w)/i, 'its own, separate'],
  [/\bas (it is|they are|it was|they were)\b(?! (stored|sent|written))/i, 'unchanged'],
  [/\bcomes? (to (be|an end|the|what)|close to)\b/i, 'become, end, approximate'],
  [/\b(learns?|asks?|asked) (for )?what\b/i, 'the thing, by its name'],
  [/\bof what\b|\bby what\b|\bfrom what\b|\bthat which\b/i, 'the thing, by its name'],
  [/\bstays? the\b(?! same)/i, 'remain, keep'],
  [/\bthere is:/i, 'the values are:'],
  [/(?<!\b(there|it) )\bis no (?!longer\b|more\b)/i, 'is not a'],
  [/\b(a moment ago|just now|by nature|without a word|for good|anew)\b/i, 'plain words'],
  [/\bunless it is given\b|\bif any came\b/i, 'by default'],
  [/\b(lie|lies|lay) (in|at|below|outside|within|there|beyond|behind|beside)\b/i, 'is in'],
  [/\b(job|attempt|epoch|training|run|wait)s? (that )?(is|are|was|were) over\b|\bis over or\b/i, 'has ended'],
  [/\b(gives?|hands?|gave|handed) (it |them )?back\b|\b(is|are) handed\b/i, 'return, requeue, receive'],
  [
    /\btak(es?|en) up again\b|\bhears? of\b|\blooks? whether\b|\bsays so\b|\bmakes of\b/i,
    'resume, receive, check, report',
  ],
  [
    /\b(is|are) held (to|against)\b|\bin the place of\b|\ball there is\b/i,
    'is compared with, instead of, everything',
  ],
  [/\bhowever (often|long|much|many|it|they)\b/i, 'any number of, regardless of'],
  [/(^|[.:;] )Without, /, 'if it is absent'],
]

/** @returns each obscure phrase of a text, with advice; empty for plain English */
export function obscurities(text: string): string[] {
  return [...RETIRED, ...OBSCURE].flatMap(([pattern, better]) => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? [] : [`"${found}" in: ${text} (write: ${better})`]
  })
}

const COMMENT = /(?<!\w)\/\*[\s\S]*?\*\/|(^[ \t]*\/\/[^\n]*\n?)+/gm

/** The string literals with more than one word in TypeScript: messages, not names. */
export function messagesIn(source: string): string[] {
  const code = source.replaceAll(COMMENT, '')
  const literals = code.match(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/gs) ?? []
  return literals.filter(text => /\w \w/.test(text))
}

/** The comments in TypeScript, each on one line. Comments on consecutive lines are one; those after code are omitted. */
export function commentsIn(source: string): string[] {
  const comments = source.match(COMMENT) ?? []
  return comments.map(comment =>
    comment
      .replaceAll(/^\s*(\/\*\*?|\*\/|\*(?!\/)|\/\/)|\*\/$/gm, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  )
}
