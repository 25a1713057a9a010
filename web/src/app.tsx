import { EmptyState } from './components/empty-state.tsx'
import { matchPath, type Route } from './routes.ts'
import { ConnectionNotice } from './shell/connection-notice.tsx'
import { KeyForm } from './shell/key-form.tsx'
import { LazyPage } from './shell/lazy-page.tsx'
import { TopBar } from './shell/top-bar.tsx'
import { followLinks, linkTo, path } from './state/location.ts'
import { keyRefused } from './state/session.ts'

/** Every page of the dashboard. */
const ROUTES: Route[] = [
  {
    pattern: '/jobs',
    menu: 'Jobs',
    load: () => import('./pages/jobs/jobs-page.tsx').then(page => page.JobsPage),
  },
  { pattern: '/jobs/:id', load: () => import('./pages/job/job-page.tsx').then(page => page.JobPage) },
  {
    pattern: '/tradeoff',
    menu: 'Trade-off',
    load: () => import('./pages/tradeoff/tradeoff-page.tsx').then(page => page.TradeoffPage),
  },
  {
    pattern: '/compare',
    menu: 'Compare',
    load: () => import('./pages/compare/compare-page.tsx').then(page => page.ComparePage),
  },
  {
    pattern: '/sweeps',
    menu: 'Sweeps',
    load: () => import('./pages/sweeps/sweeps-page.tsx').then(page => page.SweepsPage),
  },
  {
    pattern: '/sweeps/new',
    load: () => import('./pages/new-sweep/new-sweep-page.tsx').then(page => page.NewSweepPage),
  },
  {
    pattern: '/sweeps/:id',
    load: () => import('./pages/sweeps/sweep-page.tsx').then(page => page.SweepPage),
  },
  { pattern: '/submit', load: () => import('./pages/submit/submit-page.tsx').then(page => page.SubmitPage) },
  {
    pattern: '/datasets',
    menu: 'Datasets',
    load: () => import('./pages/datasets/datasets-page.tsx').then(page => page.DatasetsPage),
  },
  {
    pattern: '/datasets/:id',
    load: () => import('./pages/datasets/dataset-page.tsx').then(page => page.DatasetPage),
  },
  {
    pattern: '/models',
    menu: 'Models',
    load: () => import('./pages/models/models-page.tsx').then(page => page.ModelsPage),
  },
  {
    pattern: '/models/register',
    load: () => import('./pages/models/register-page.tsx').then(page => page.RegisterPage),
  },
  {
    pattern: '/models/:id',
    load: () => import('./pages/models/model-page.tsx').then(page => page.ModelPage),
  },
  {
    pattern: '/analyses',
    menu: 'Analyses',
    load: () => import('./pages/analyses/analyses-page.tsx').then(page => page.AnalysesPage),
  },
  {
    pattern: '/analyses/new',
    load: () => import('./pages/new-analysis/new-analysis-page.tsx').then(page => page.NewAnalysisPage),
  },
  {
    pattern: '/analyses/:id',
    load: () => import('./pages/analyses/analysis-page.tsx').then(page => page.AnalysisPage),
  },
  {
    pattern: '/workers',
    menu: 'Workers',
    load: () => import('./pages/workers/workers-page.tsx').then(page => page.WorkersPage),
  },
  {
    pattern: '/keys',
    menu: 'Keys',
    load: () => import('./pages/keys/keys-page.tsx').then(page => page.KeysPage),
  },
  {
    pattern: '/keys/tenants',
    load: () => import('./pages/tenants/tenants-page.tsx').then(page => page.TenantsPage),
  },
  { pattern: '/keys/audit', load: () => import('./pages/audit/audit-page.tsx').then(page => page.AuditPage) },
  {
    pattern: '/usage',
    menu: 'Usage',
    load: () => import('./pages/usage/usage-page.tsx').then(page => page.UsagePage),
  },
]

export function App() {
  const here = path.value === '/' ? '/jobs' : path.value
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: links receive the keys
    <div class="app" onClick={followLinks}>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <TopBar routes={ROUTES} here={here} />
      <main id="content" tabIndex={-1}>
        <ConnectionNotice />
        {keyRefused.value ? <KeyForm /> : <CurrentPage here={here} />}
      </main>
    </div>
  )
}

function CurrentPage({ here }: { here: string }) {
  for (const route of ROUTES) {
    const params = matchPath(route.pattern, here)
    if (params) return <LazyPage key={here} route={route} params={params} />
  }
  return (
    <EmptyState title="There is no such page.">
      <a href={linkTo('/jobs')}>Show the jobs</a>
    </EmptyState>
  )
}
