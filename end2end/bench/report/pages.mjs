// Pages in front of a simulated cloud.
import { bound, few, mib, ms, source, table, whole } from './text.mjs'

const own = (name) => !name.includes('service page')
export const servers = ({ figures }) => figures.pages.find((one) => one.name.startsWith('servers'))
const perView = (one) => one.calls / one.requests

export function bounds({ figures }) {
  const without = figures.pages.filter(({ name }) => own(name))
  const calls = without.reduce((sum, one) => sum + one.calls + one.cold.calls, 0)
  const most = figures.pages.filter(({ name }) => !own(name)).reduce((max, one) => Math.max(max, one.cold.calls), 0)
  return [
    bound('requests to the cloud by views of inventory, overview, search, audit, drift', '0', whole(calls), calls === 0),
    ['requests to the cloud by a view of a service page, nothing remembered', '', few(most).replace('.0', ''), ''],
  ]
}

export function section(part) {
  const { pages, created, rows } = part.figures
  return [
    '## Pages, and what the cloud is asked for them', '', source(part), '',
    `HTML as browsers get it (compressed), 8 clients, SQLite, ${rows.servers} servers and ${rows.volumes} volumes in front of`,
    'a simulated cloud. That one keeps a log of its requests: those of one view when what is remembered of the cloud is too',
    'old (6 s after the last), and those of five seconds of load for each view; both count everything that the portal asks',
    'meanwhile. Comparing with the cloud and looking at what has settled, which it does by itself, are put off.', '',
    table(['page', '>p50', '>p95', '>p99', '>requests/s', '>upstream calls, first view', '>upstream calls per view under load', '>resident'],
      pages.map((one) => [
        one.name, `${ms(one.p50)} ms`, `${ms(one.p95)} ms`, `${ms(one.p99)} ms`, few(one.perSecond),
        few(one.cold.calls).replace('.0', ''), one.calls ? perView(one).toPrecision(2) : '0', `${mib(one.resident)} MiB`,
      ])), '',
    `Creating a server asks the cloud ${whole(created.calls)} times until it is answered: ` +
    `${created.which.map((one) => `\`${one}\``).join(', ') || 'nothing'}.`, '',
  ].join('\n')
}
