import type { ComponentType } from 'preact'
import { useEffect, useErrorBoundary, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import type { PageProps, Route } from '../routes.ts'

/** Pages that were loaded before are shown without a skeleton. */
const loaded = new Map<Route, ComponentType<PageProps>>()

interface LazyPageProps extends PageProps {
  route: Route
}

/** Loads the code of a page, then shows it. An error of the page is shown in its place. */
export function LazyPage({ route, params }: LazyPageProps) {
  const [, setTurn] = useState(0)
  const [loadError, setLoadError] = useState<Error>()
  const [renderError] = useErrorBoundary()
  useEffect(() => {
    if (loaded.has(route)) return
    route.load().then(page => {
      loaded.set(route, page)
      setTurn(1)
    }, setLoadError)
  }, [route])
  const error = loadError ?? (renderError as Error | undefined)
  if (error) return <FailedPage error={error} />
  const Page = loaded.get(route)
  return Page ? <Page params={params} /> : <Skeleton lines={6} label="Loading the page" />
}

function FailedPage({ error }: { error: Error }) {
  return (
    <>
      <ProblemNotice error={error} title="The page cannot be shown." />
      <Button onClick={() => location.reload()}>Load it again</Button>
    </>
  )
}
