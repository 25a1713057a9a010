/**
 * Text that somebody chose, such as a name: one line, with an ellipsis where it is too long and the whole text in its tooltip. Characters
 * that change the direction of writing do not act on the text around it.
 */
export function FreeText({ text }: { text: string }) {
  return (
    <bdi class="free-text" title={text}>
      {text}
    </bdi>
  )
}
