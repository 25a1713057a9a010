import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useAction } from '../state/use-action.ts'
import { Button } from './button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { ProblemNotice } from './problem-notice.tsx'

interface ActButtonProps {
  /** The verb, on this button and in the dialog. */
  action: string
  /** The question of the dialog. */
  title: ComponentChildren
  /** What the action changes. */
  children: ComponentChildren
  act: () => Promise<unknown>
  onDone: () => void
}

/** A button for what cannot be undone: it asks before it acts, and shows why the service refused. */
export function ActButton({ action, title, children, act, onDone }: ActButtonProps) {
  const [isOpen, setOpen] = useState(false)
  const { run, running, error, clear } = useAction()
  const close = () => {
    setOpen(false)
    clear()
  }
  const confirm = () =>
    run(async () => {
      await act()
      setOpen(false)
      onDone()
    })
  return (
    <>
      <Button kind="danger" disabled={running} onClick={() => setOpen(true)}>
        {action}
      </Button>
      <ConfirmDialog open={isOpen} title={title} action={action} danger onConfirm={confirm} onClose={close}>
        {children}
        {error && <ProblemNotice error={error} />}
      </ConfirmDialog>
    </>
  )
}
